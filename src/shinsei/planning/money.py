"""What a plan says about money: the cheapest method, how others compare in price and hours, and what is lost."""

from shinsei.domain.linkage_method import FOUR_METHODS
from shinsei.planning.figures import BY_KEY
from shinsei.planning.study import Study
from shinsei.planning.words import amount, cell, counted, difference_cell
from shinsei.season.text import Text
from shinsei.season.words import join, of_methods


def lost(found: Study) -> list[Text]:
    """What incidents cost beside the price of each method; nothing where there are none."""
    figure, prices = BY_KEY["incident_yen"], []
    for index, one in enumerate(found.methods):
        estimate = found.estimate(index, figure.key)
        if estimate.mean:
            price = cell(figure, estimate)
            prices.append(Text(f"{price.en} under {one.name.en}", f"{one.name.ja} {price.ja}"))
    if not prices:
        return []
    told = join(prices)
    return [Text(f"but incidents lose {told.en}, in no price", f"ただし事故の損失(費用に含まない)は{told.ja}です")]


def priced(found: Study, best: int) -> Text:
    """What the choice costs, where the choice is by money."""
    price = cell(BY_KEY["cost_yen"], found.estimate(best, "cost_yen"))
    return Text(f"it costs {price.en} a year", f"年間費用は{price.ja}です")


def dearer(found: Study, best: int, other: int) -> Text:
    """The price and the hours of another method against the choice."""
    name, hours = found.methods[other].name, found.difference(other, best, "staff_hours")
    gap = found.difference(other, best, "cost_yen")
    price = amount(BY_KEY["cost_yen"], abs(gap.mean or 0), gap.half_width)
    work = difference_cell(BY_KEY["staff_hours"], hours)
    is_more = (gap.mean or 0) > 0
    return Text(
        f"{name.en} costs {price.en} {'more' if is_more else 'less'} a year and changes the staff hours by {work.en}",
        f"{name.ja}は年間{price.ja}{'高く' if is_more else '安く'}、職員作業の差は{work.ja}時間です",
    )


def worked(found: Study, best: int, other: int) -> Text:
    """The hours of another method against the choice, with the sign of the table of differences."""
    figure = BY_KEY["staff_hours"]
    gap, name = found.difference(other, best, figure.key), found.methods[other].name
    shown = difference_cell(figure, gap)
    if gap.interval is not None and gap.interval[0] <= 0 <= gap.interval[1]:
        return Text(
            f"the hours of {name.en} do not differ from that within the interval ({shown.en})",
            f"{name.ja}との作業時間の差は信頼区間の範囲内です({shown.ja}時間)",
        )
    size = amount(figure, abs(gap.mean or 0), gap.half_width)
    is_more = (gap.mean or 0) > 0
    return Text(
        f"{name.en} takes {size.en} hours {'more' if is_more else 'less'}",
        f"{name.ja}はそれより{size.ja}時間{'多く' if is_more else '少なく'}かかります",
    )


def cheapest(found: Study) -> Text:
    """The cheapest of the methods in most seasons; of one alone, its price."""
    four = [index for index, one in enumerate(found.methods) if one.method in FOUR_METHODS]
    if len(four) == 1:
        return priced(found, four[0])
    among = of_methods(len(four))
    counts = dict.fromkeys(four, 0)
    for season in found.seasons:
        counts[min(four, key=lambda index: season.methods[index].values["cost_yen"] or 0)] += 1
    most = max(counts.values())
    lowest = [index for index in four if counts[index] == most]
    names = join([found.methods[index].name for index in lowest])
    price = cell(BY_KEY["cost_yen"], found.estimate(lowest[0], "cost_yen"))
    n = len(found.seasons)
    often = Text("", "") if most == n else Text(f" in {most} of {counted(n, 'season')}", f"({n}回中{most}回)")
    return Text(
        f"{among.en} methods, the cheapest over a year is {names.en}{often.en} ({price.en})",
        f"{among.ja}年間費用が最も小さいのは{names.ja}{often.ja}({price.ja})です",
    )
