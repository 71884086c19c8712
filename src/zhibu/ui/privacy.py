"""Words that many will read: no ID number and no mobile number of anybody in them."""

from __future__ import annotations

import re

from zhibu.regulations.refusal import Refusal

# A code inside a longer run of digits is none.
_NUMBERS = {
    "身份证号": re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])"),
    "手机号码": re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])"),
}


def refuse_private(**words: str) -> None:
    """Refuse words, named by their field, that hold what is private. The number itself is not repeated."""
    for field, text in words.items():
        for kind, pattern in _NUMBERS.items():
            if pattern.search(text):
                raise Refusal(f"这里写有{kind}，不能展示。", field=field, remedy="请删去个人的证件号和电话。")
