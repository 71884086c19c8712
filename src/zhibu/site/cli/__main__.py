from zhibu.site.cli import main

main(prog_name="zhibu")
