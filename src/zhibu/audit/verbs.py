"""What each audited act is called on screen. A verb that is missing here is shown as it is, and a house test fails."""

VERBS: dict[str, str] = {
    "accounts.open": "开通账号",
    "accounts.activate": "启用账号",
    "accounts.reset": "重发启用码",
    "accounts.deactivate": "停用账号",
    "accounts.reactivate": "恢复账号",
    "accounts.change_password": "修改口令",
    "export": "导出名单",
    "exchange.upload": "上传导入表格",
    "exchange.import": "导入表格",
    "exchange.undo": "撤销导入",
    "exchange.discard": "放弃导入",
    "exchange.export": "导出采集表",
}


def verb_label(verb: str) -> str:
    return VERBS.get(verb, verb)
