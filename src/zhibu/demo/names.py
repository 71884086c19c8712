"""Names, numbers and addresses of people who do not exist.

Surnames follow the published order of frequency; given names are put together from plain characters. ID numbers use
region codes beginning with 00, phones the prefixes 100 and 101, streets of a city that is on no map: none of them can
belong to anybody.
"""

from __future__ import annotations

from datetime import date
from random import Random

from stdnum.cn import ric

# The commonest surnames in the order published by the Ministry of Public Security; weights fall with the rank.
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
)
COMPOUND = ("欧阳", "上官", "司徒", "诸葛")
FEMALE = "雅婷静怡欣妍琳洁倩芸蓉婉薇岚颖琪瑶萱菲茜悦晴璐筠蔓黛蕾姝婕"
MALE = "浩宇轩博毅峻航骏哲铭睿翔昊晟钧煜霖弘彦磊岩凯楷栋皓骁恺旭鹏"
EITHER = "子文思若嘉书景雨清远安宁乐之然一可知行云舟言予诺禾川溪青松柏星辰牧秋霁和朗穆初望"
STREETS = ("明理路", "格物路", "致知街", "博文路", "约礼巷", "崇实街", "学林路", "书香里", "知行大道", "松鹤路")
DISTRICTS = ("松鹤区", "临川新区", "云溪区", "东湖里区")


def weights(count: int) -> list[float]:
    """Falling weights, near the observed shape: the first few surnames cover a fifth of all people."""
    return [1 / (rank + 4) for rank in range(count)]


class Register:
    """Hands out names and numbers, each number once."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.id_numbers: set[str] = set()
        self.phones: set[str] = set()
        self.surnames = rng.choices(SURNAMES, weights(len(SURNAMES)), k=4096)

    def name(self, gender: str) -> str:
        rng = self.rng
        surname = rng.choice(COMPOUND) if rng.random() < 0.004 else rng.choice(self.surnames)
        own = FEMALE if gender == "2" else MALE
        if rng.random() < 0.12:
            return surname + rng.choice(own + EITHER)
        first, second = rng.choice(EITHER), rng.choice(own + EITHER)
        return surname + (second + first if rng.random() < 0.35 and second not in EITHER else first + second)

    def id_number(self, born: date, gender: str) -> str:
        """A number with a region that does not exist, a right check digit, and the sex in its seventeenth place."""
        while True:
            serial = self.rng.randrange(0, 500) * 2 + (1 if gender == "1" else 0)
            body = f"00{self.rng.randrange(0, 10000):04d}{born:%Y%m%d}{serial:03d}"
            if body not in self.id_numbers:
                self.id_numbers.add(body)
                return body + ric.calc_check_digit(body + "0")

    def phone(self) -> str:
        """Eleven digits with a prefix that no operator has."""
        while True:
            number = f"10{self.rng.randrange(0, 2)}{self.rng.randrange(0, 10**8):08d}"
            if number not in self.phones:
                self.phones.add(number)
                return number

    def address(self) -> str:
        rng = self.rng
        house = f"{rng.randint(1, 299)}号{rng.randint(1, 40)}栋{rng.randint(1, 28)}{rng.randint(1, 6):02d}室"
        return f"虚构省明理市{rng.choice(DISTRICTS)}{rng.choice(STREETS)}{house}"
