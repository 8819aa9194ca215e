"""Exports of dealer systems as they come out: each is recognised by its header alone, whatever the file is called.

The headers are those that the programs writing or reading such exports name; rows and files are ours, no export of a
store was at hand. Where the words were found:

- order, claim and owner lists of a brand's dealer system: export columns in the package `com.yonyou.dms`
  (ClaimRepairOrderController, OrderLabourDetailController, ClaimStatusSearchDealerServiceImpl and others);
- a brand's warranty service stations: export titles in `com.sunjet.vm.report.MaintainDetailVM`;
- a repair chain's work orders: `billConfirm.ts` in xzh1024/school (hztl/erp);
- a repair shop's reception list: the module list of s349.oa326.cn/systemModule.html;
- a group's business query: an importer that names 工作单号, 车牌号码, 车身号码, 工单开单时间, 进厂里程.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from fairwrench.catalog.loader import load_sources
from fairwrench.ledger.intake.intake import Intake
from tests.ledger.handed import csv, one, roster, take

CATALOG = load_sources()
VIN = "LSVAA4182E2184077"
NOON, LATER = "2026-10-03 09:05:00", "2026-10-04 10:00:00"


def read(labels: str, *rows: Sequence[object]) -> Intake:
    """The table in a file whose name says nothing, put where the first store's files of October lie."""
    header = labels.split()
    assert all(len(row) == len(header) for row in rows)
    return one(csv([header, *rows]), sources=CATALOG, roster=roster(), name="export.csv", placed_store="一店")


def whole(sheet: Intake, source: str) -> dict[str, object]:
    """The only row of a sheet of that kind, of which nothing is rejected."""
    assert sheet.source == source
    assert sheet.rejected.is_empty(), sheet.rejected.to_dicts()
    return sheet.accepted.row(0, named=True)


#: the columns of a list of orders; what stands in them is below, and in all others 甲
ORDER_LISTS = {
    "brand": """
        工单开单日期 工单号 工单类型 工单状态 客户经理 是否结清 维修项目名称 指定技师 维修技师 车牌号 维修类型
        车系 车型 车主 维修金额 交车日期 竣工时间 进厂行驶里程 出厂行驶里程 预交车时间 VIN 送修人 是否索赔
        车辆销售日期 故障描述
    """,
    "dispatch": """
        工单号 开单日期 车型 车牌号 派工状态 待信 待料 竣工 预交车时间 工单类型 维修类型 终检人 服务顾问
        进厂里程 出厂里程 送修人
    """,
    "station": """
        单据编号 服务站编号 经办人 申请时间 进站时间 出站时间 单据类型 工时单价 项目工时费用 配件费用合计
        费用合计 送修人 开工日期 完工日期 主修人 维修类别 故障描述 VIN 车型型号 生产日期 行驶里程 车牌号 车主
    """,
    "chain": """
        工单号 接待日期 客户名称 车牌号 车型 车架号 业务类型 进厂里程 存油量 合计金额 整单优惠 应结金额 接待顾问
        送修人
    """,
    "reception": """
        接车单号 接车日期 客户名称 车牌号 车架号 车型 行驶里程 维修类别 修理费用 材料费用 优惠金额 结算方式
        完工日期 修理班组 结算人
    """,
    "group": """
        工作单号 工单开单时间 结算日期 车牌号码 车身号码 工单状态 交修项目 服务顾问 指定技师 维修技师 维修类型
        车系 车型 年式 车主 进厂里程 出厂里程
    """,
}
ORDER_CELLS: dict[str, str] = {
    **dict.fromkeys(["工单号", "单据编号", "接车单号", "工作单号"], "RO1"),
    **dict.fromkeys(["工单开单日期", "开单日期", "进站时间", "接待日期", "接车日期", "工单开单时间", "开工日期"], NOON),
    **dict.fromkeys(["交车日期", "竣工时间", "预交车时间", "出站时间", "完工日期", "结算日期"], LATER),
    **dict.fromkeys(["客户经理", "服务顾问", "接待顾问", "指定技师"], "李四"),
    **dict.fromkeys(["维修技师", "主修人"], "张三"),
    **dict.fromkeys(["维修类型", "维修类别", "业务类型"], "保养"),
    **dict.fromkeys(["VIN", "车架号", "车身号码"], VIN),
    **dict.fromkeys(["车牌号", "车牌号码"], "京A00001"),
    **dict.fromkeys(["进厂行驶里程", "进厂里程", "行驶里程"], "20100"),
    **dict.fromkeys(["配件费用合计", "材料费用"], "80.50"),
    **{"工单类型": "维修", "项目工时费用": "120.00", "修理费用": "120.00", "出厂里程": "20101", "结算方式": "现金"},
}
#: what a list names of each column; what it does not name is absent, not guessed
NAMED = {
    "brand": "vin plate mileage_km advisor technician finished_at delivered_at",
    "dispatch": "plate mileage_km advisor",
    "station": "vin plate mileage_km technician labour_amount parts_amount finished_at delivered_at",
    "chain": "vin plate mileage_km advisor",
    "reception": "vin plate mileage_km parts_amount finished_at",
    "group": "vin plate mileage_km advisor technician settled_at",
}
VALUES = {
    "vin": VIN, "plate": "京A00001", "mileage_km": 20100, "advisor": "1002", "technician": "1001",
    "labour_amount": Decimal("120.00"), "parts_amount": Decimal("80.50"),
}  # fmt: skip


@pytest.mark.parametrize("layout", ORDER_LISTS)
def test_a_list_of_orders_is_repair_orders(layout: str) -> None:
    """Fails when somebody would have to rename columns, or a column is taken for another."""
    labels = ORDER_LISTS[layout]
    row = whole(read(labels, [ORDER_CELLS.get(label, "甲") for label in labels.split()]), "repair_orders")
    assert (row["ro_no"], row["kind"], row["store"]) == ("RO1", "maintenance", "一店")
    assert f"{row['opened_at']:%Y-%m-%d %H:%M}" == "2026-10-03 01:05"
    filled = {column for column in (*VALUES, "finished_at", "delivered_at", "settled_at") if row[column] is not None}
    assert filled == {*NAMED[layout].split()}
    assert {column: row[column] for column in filled & {*VALUES}} == {c: VALUES[c] for c in filled & {*VALUES}}


def test_a_list_of_claims_is_claims() -> None:
    """Fails when 索赔申请日期 is not the day of submitting, or 维修工单号 makes an order of a claim."""
    labels = "序号 索赔单号 维修工单号 索赔类型 车型 VIN 状态 提报次数 索赔申请日期 零部件费用 人工费用 总费用"
    sheet = read(labels, ["1", "SP1", "RO1", "普通", "甲", VIN, "通过", "1", "2026-10-05", "80.00", "40.50", "120.50"])
    row = whole(sheet, "claims")
    assert (row["claim_no"], row["ro_no"], row["amount"], str(row["submitted_on"])) == (
        "SP1", "RO1", Decimal("120.50"), "2026-10-05",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("labels", "row"),
    [
        (
            "VIN 车主编号 车主名称 专属客户经理 销售日期 手机 上次维修客户经理 品牌 车系 车型",
            [VIN, "C1", "王女士", "李四", "2024-05-01", "", "张三", "甲", "甲", "甲"],
        ),
        (
            "VIN 车主编号 车主 指定服专 续保专员 销售日期 上次维修日期 发动机号",
            [VIN, "C1", "王女士", "李四", "张三", "2024-05-01", "2026-08-02", "E1"],
        ),
    ],
    ids=["bound", "owners"],
)
def test_a_list_of_owners_is_vehicles_in_care(labels: str, row: Sequence[object]) -> None:
    """Fails when the adviser to whom a car belongs is not found, or who saw it last is taken for them."""
    found = whole(read(labels, row), "vehicles_in_care")
    assert (found["vin"], found["keeper"], found["month"]) == (VIN, "1002", "2026-10")


def test_a_list_of_jobs_by_technician_is_job_lines() -> None:
    """Fails when the lines of a group's report lose their order or their technician."""
    labels = "工作单号 项次 工单开单时间 技师姓名 作业内容 标准工时 派工工时 工时费 完工时间"
    sheet = read(labels, ["RO1", "1", NOON, "张三", "更换机油", "0.80", "0.70", "120.00", LATER])
    row = whole(sheet, "job_lines")
    assert (row["ro_no"], row["line"], row["technician"]) == ("RO1", 1, "1001")
    assert (row["standard_hours"], row["billed_hours"]) == (Decimal("0.80"), Decimal("0.70"))


def test_a_list_of_parts_in_stock_without_amounts_is_not_guessed_at() -> None:
    """Fails when 成本金额, which is the stock's here and the sales' elsewhere, is read as one of them."""
    labels = "仓库代码 库位代码 配件代码 配件名称 库存数量 成本单价 成本金额 最新入库日期"
    content = csv([labels.split(), ["A", "A1", "P1", "机油滤芯", "4", "20.00", "80.00", "2026-09-01"]])
    parts = CATALOG["parts_stock"]
    assert "成本金额" not in {word for column in parts.columns.values() for word in column.aliases}
    found = take(content, sources=CATALOG, roster=roster(), name="export.csv", placed_store="一店")
    assert not found.sheets


# --- what manufacturers and offices hand on: the words of their notices and registers ---


def test_a_notice_of_scores_is_factory_scores() -> None:
    """Fails when the score, its full score or the region's are mixed up, or a kind is not known by its usual name."""
    labels = "店名 考核月份 考核项目 得分 满分 区域均值 区域排名 责任部门"
    rows = [
        ["一店", "2026-10", "客户满意度", "935", "1000", "920.5", "3", "售后部"],
        ["一店", "2026年10月", "飞检", "88.5", "100", "", "", "服务顾问"],
        ["一店", "2026-10", "商务政策", "96", "100", "95", "", ""],
        ["一店", "2026-10", "索赔稽核", "", "100", "95", "", ""],
    ]
    sheet = read(labels, *rows)
    assert sheet.source == "factory_scores"
    assert sheet.accepted.select("kind", "score", "full_score", "regional_average", "rank").rows() == [
        ("csi", Decimal("935.00"), Decimal("1000.00"), Decimal("920.50"), 3),
        ("mystery_shopper", Decimal("88.50"), Decimal("100.00"), None, None),
        ("business_policy", Decimal("96.00"), Decimal("100.00"), Decimal("95.00"), None),
    ]
    # a row without a score says nothing: rejected, and not a score of nothing
    assert sheet.rejected.select("row", "code").rows() == [(5, "blank")]


def test_a_statement_of_rebates_is_rebates() -> None:
    """Fails when due and confirmed are exchanged, 万元 is read as yuan, or what is not confirmed counts as 0."""
    labels = "经销商 所属月份 返利类型 返利项目 应返金额（万元） 实返金额（万元） 扣减金额（万元） 扣减原因"
    rows = [
        ["一店", "2026-10", "商务政策返利", "三季度商务政策", "10", "8.5", "1.5", "CSI未达标"],
        ["一店", "2026-10", "备件", "备件采购返利", "4", "", "", ""],
    ]
    sheet = read(labels, *rows)
    assert sheet.source == "rebates" and sheet.rejected.is_empty()
    assert sheet.accepted.select("kind", "amount_due", "amount_confirmed", "amount_deducted").rows() == [
        ("business_policy", Decimal("100000.00"), Decimal("85000.00"), Decimal("15000.00")),
        ("parts", Decimal("40000.00"), None, None),
    ]


def test_a_ledger_of_deals_is_side_business() -> None:
    """Fails when who brought a deal is taken for who sold it, or a reversal is rejected."""
    labels = "合同编号 业务类型 成交日期 客户姓名 成交金额 手续费收入 销售顾问 介绍人"
    rows = [
        ["JR1", "按揭", "2026-10-05", "王女士", "120000", "3600", "张三", "李四"],
        ["YB1", "延保", "2026-10-06", "赵先生", "4980", "1800", "李四", ""],
        ["JR2", "按揭", "2026-10-09", "王女士", "-120000", "-3600", "张三", "李四"],
    ]
    sheet = read(labels, *rows)
    assert sheet.source == "side_business" and sheet.rejected.is_empty()
    assert sheet.accepted.select("kind", "income", "seller", "referred_by").rows() == [
        ("finance", Decimal("3600.00"), "1001", "1002"),
        ("extended_warranty", Decimal("1800.00"), "1002", None),
        ("finance", Decimal("-3600.00"), "1001", "1002"),
    ]
    assert [problem.code for problem in sheet.problems] == ["reversals"]


def test_a_register_of_referrals_is_referrals() -> None:
    """Fails when 推荐人 and 接手人 are exchanged, or a deal lies before its referral."""
    labels = "推荐单号 推荐日期 推荐人 推荐业务 客户姓名 接手人 成交日期 成交毛利"
    rows = [
        ["TJ1", "2026-10-05", "李四", "购车", "王女士", "张三", "2026-10-20", "6500"],
        ["TJ2", "2026-10-06", "张三", "保养", "赵先生", "李四", "", ""],
        ["TJ3", "2026-10-06", "张三", "保养", "孙先生", "李四", "2026-10-01", "50"],
    ]
    sheet = read(labels, *rows)
    assert sheet.source == "referrals"
    assert sheet.accepted.select("referral_no", "kind", "referred_by", "received_by", "income").rows() == [
        ("TJ1", "car", "1002", "1001", Decimal("6500.00")),
        ("TJ2", "service", "1001", "1002", None),
    ]
    assert sheet.rejected["row"].to_list() == [4]
