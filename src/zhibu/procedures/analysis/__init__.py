"""The yearly analysis of the activists (发展党员工作细则 第十一条): counted by us, concluded by people."""
