"""Words that the sample group is made of: people, places, cars, jobs and parts. All invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔"
    "谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙史陶黎贺顾毛郝龚邵万钱严赖覃洪武莫孔"
)
GIVEN_FIRST = "志建国海文晓宏永少春家立德俊明振玉学成光庆新世长东佳思雨欣梓子浩雅静丽秀凤美"
GIVEN_LAST = "强伟军勇磊涛斌鹏杰超刚辉飞波宁毅敏芳娜婷霞红燕玲洁琳萍颖雪峰亮平华龙旭凯健阳博林"
STORE_WORDS = (
    "朝阳", "滨江", "高新", "城南", "东湖", "西郊", "开发区", "北站", "龙泉", "科技园",
    "江宁", "临港", "空港", "新城", "中环", "青山", "星沙", "望京", "河西", "南湖",
)  # fmt: skip
PLATE_HEADS = ("京A", "京B", "浙A", "浙B", "川A", "苏A", "粤B", "鄂A")
BRANDS = ("途锐", "迈腾", "帕萨特", "速腾", "朗逸", "高尔夫", "探岳", "途观", "宝来", "凌渡")
REGIONS = ("城东", "城西", "城南", "城北", "郊县")
LOSS_CAUSES = ("价格", "竞品", "暂缓购买", "车型不合适", "贷款未批")
COURSES = (
    "新车型电气系统", "三日回访规范", "混动变速箱检修", "服务礼仪", "配件库存管理",
    "索赔政策更新", "5S 与安全", "空调系统诊断", "客户投诉处理", "销售流程",
    "交车检查规范", "底盘异响判断",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault system and the job that mends it: standard hours (hundredths), how hard (1 is average), parts in fen, and
    the panels that are painted (hundredths)."""

    system: str
    job: str
    hours: int
    hard: float
    parts: int
    panels: int = 0


FAULTS = (
    Fault("发动机", "更换点火线圈", 180, 1.1, 68_000),
    Fault("发动机", "清洗节气门", 120, 0.9, 18_000),
    Fault("变速箱", "更换变速箱油及滤网", 260, 1.3, 142_000),
    Fault("变速箱", "维修阀体", 480, 1.8, 386_000),
    Fault("制动", "更换前制动片", 150, 0.7, 52_000),
    Fault("制动", "更换制动盘", 210, 0.8, 96_000),
    Fault("底盘", "更换下摆臂胶套", 240, 1.0, 44_000),
    Fault("底盘", "四轮定位", 120, 0.8, 0),
    Fault("转向", "更换转向拉杆球头", 190, 1.0, 38_000),
    Fault("空调", "更换压缩机", 320, 1.4, 268_000),
    Fault("空调", "清洗蒸发箱", 140, 0.8, 12_000),
    Fault("电气", "排查漏电", 260, 1.7, 6_000),
    Fault("电气", "更换蓄电池", 60, 0.4, 62_000),
    Fault("灯光", "更换大灯总成", 130, 0.6, 154_000),
    Fault("冷却", "更换水泵", 280, 1.1, 74_000),
    Fault("车身电子", "维修车窗升降器", 160, 1.0, 31_000),
)
BODY_JOBS = (
    Fault("车身", "前保险杠钣金喷漆", 420, 0.6, 86_000, 150),
    Fault("车身", "左前门喷漆", 320, 0.5, 24_000, 100),
    Fault("车身", "更换前翼子板", 380, 0.6, 112_000),
)
MAINTENANCE_JOBS = (
    ("小保养(机油机滤)", 90, 38_000),
    ("大保养(四滤)", 180, 96_000),
    ("首次保养", 80, 22_000),
)


def people_names(random: Random) -> Iterator[str]:
    """Personal names, each only once."""
    used: set[str] = set()
    while True:
        given = random.choice(GIVEN_LAST)
        if random.random() < 0.72:
            given = random.choice(GIVEN_FIRST) + given
        name = random.choice(SURNAMES) + given
        if name not in used:
            used.add(name)
            yield name


def store_names(count: int) -> list[str]:
    """That many different stores."""
    rounds = ["", *(f"{number}" for number in range(2, count // len(STORE_WORDS) + 2))]
    return [f"{word}{again}店" for again in rounds for word in STORE_WORDS][:count]


_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)
_VALUES |= {str(digit): digit for digit in range(10)}
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vin(maker: str, model: str, year: str, serial: int) -> str:
    """A vehicle identification number: maker (3), model (5), check digit, year (1), plant and serial (GB 16735)."""
    open_ = f"{maker}{model}0{year}A{serial:06d}"
    rest = sum(_VALUES[sign] * weight for sign, weight in zip(open_, _WEIGHTS, strict=True)) % 11
    return f"{open_[:8]}{'X' if rest == 10 else rest}{open_[9:]}"
