"""What rosters call departments and positions."""

from __future__ import annotations

from fairwrench.settlement.scheme import Scheme

_WORDS = {
    "service": "服务站", "parts": "配件部", "sales": "销售部", "accessories": "精品部", "customer_service": "客服部",
    "finance": "财务部", "hr": "人事部", "administration": "行政部", "marketing": "市场部", "club": "VIP俱乐部",
    "offices": "总经办", "general_manager": "总经理", "service_director": "服务总监", "technical_director": "技术总监",
    "workshop_manager": "车间经理", "master_technician": "高级技师", "technician": "技师", "service_advisor": "服务顾问",
    "advisor_assistant": "服务顾问助理", "warranty_clerk": "索赔员", "insurance_clerk": "保险员", "tool_keeper": "工具管理员",
    "archivist": "档案员", "parts_manager": "配件经理", "parts_clerk": "配件员", "sales_director": "销售总监",
    "sales_manager": "销售经理", "salesperson": "销售顾问", "key_account_manager": "大客户经理", "information_clerk": "信息员",
    "receptionist": "接待员", "accessories_supervisor": "精品主管", "accessories_promoter": "精品促销员", "decorator": "装饰工",
    "customer_service_manager": "客服经理", "customer_service_clerk": "客服专员", "finance_manager": "财务经理",
    "accountant": "会计", "hr_manager": "人事经理", "hr_specialist": "人事专员", "administration_manager": "行政经理",
    "administration_clerk": "行政专员", "marketing_manager": "市场经理", "car_washer": "洗车工",
}  # fmt: skip


def words_of(scheme: Scheme | None) -> dict[str, str]:
    """Department and position ids with their Chinese names: the scheme's, where it has them."""
    words = dict(_WORDS)
    if scheme:
        words |= {name: part.name.zh for name, part in scheme.departments.items() if part.name}
        words |= {name: position.name.zh for name, position in scheme.positions.items()}
    return words
