"""Cash flow and its measures (docs/models/finance.md, grid_cost.md)."""

import math

PRESETS = {  # level -> rows (year, contract EUR/kW/y, peak EUR/kW/month)
    "MS-D": [(2015, 13.95, 1.53), (2025, 30.0, 3.5)],
    "HS": [(2025, 45.0, 4.5)],
}


def tariff(params: dict) -> dict:
    year = int(params["startProject"][:4])
    rows = PRESETS.get(params["gridTarif"], [])
    row = min(rows, key=lambda r: abs(r[0] - year)) if rows else (0, 0.0, 0.0)
    return {
        "standing": params["gridStandingChargeTransport"],
        "contracted_mw": params.get("gridContractedTransportPower"),
        "most_mw": params.get("gridMaxTransportedPower"),
        "contracted_eur_per_kw": params.get("gridContractedTariff", row[1]),
        "peak_eur_per_kw_month": params.get("gridPeakTariff", row[2]),
        "increase": params.get("gridYearlyTariffIncrease", 0.02),
    }


def fixed_charges(t: dict, peaks_mw, year: int) -> dict:
    """Standing, contracted and peak charges of project year `year` from 1."""
    growth = (1 + t["increase"]) ** (year - 1)
    if t["most_mw"] is not None:
        peaks_mw = [t["most_mw"]] * 12
    return {
        "standing": growth * t["standing"],
        "contracted": growth * 1000 * (t["contracted_mw"] or 0) * t["contracted_eur_per_kw"],
        "peak": growth * 1000 * sum(peaks_mw) * t["peak_eur_per_kw_month"],
    }


def present_value(flows, times, rate):
    return math.fsum(f * (1 + rate) ** -t for f, t in zip(flows, times))


def internal_rate(flows, times, near):
    """The root nearest `near` in (−0.99, 10]; None without a change of sign."""
    points = [math.expm1(math.log(0.01) + i * (math.log(11) - math.log(0.01)) / 1999) for i in range(2000)]
    roots = []
    for low, high in zip(points, points[1:]):
        a, b = present_value(flows, times, low), present_value(flows, times, high)
        if a * b > 0:
            continue
        for _ in range(200):
            middle = (low + high) / 2
            c = present_value(flows, times, middle)
            low, high, a = (middle, high, c) if a * c > 0 else (low, middle, a)
        roots.append((low + high) / 2)
    return min(roots, key=lambda r: abs(r - near)) if roots else None


def payback(flows):
    """When the running sum reaches 0, linear within the year whose flow brings it there."""
    total = 0.0
    for year, flow in enumerate(flows):
        before, total = total, total + flow
        if year > 0 and total >= 0:
            return year - 1 - before / flow
    return None


def evaluate(params: dict, years: list, beyond: list) -> dict:
    """`years`: of each simulated year revenue, subsidy, fees and energies; `beyond`: (capacity, state of health, replacements) after them."""
    life, n = params.get("projectLifeYears", 25), len(years)
    inflation, decline = params.get("economicsInflation", 0.02), params.get("economicsReplacementCostDecline", 0)
    rate = params.get("economicsDiscountRate", 0.05)
    t = tariff(params)
    subsidy_years = params.get("solarSdeYears", 15)
    capex = params.get("economicsCapexEur", 0)
    rows = []
    for y in range(1, life + 1):
        m = n - ((n - y) % n)
        of = years[m - 1]
        capacity, _, replaced = (of["capacity"], None, of["replacements"]) if y <= n else beyond[y - n - 1]
        share = capacity / of["capacity"]
        growth = (1 + t["increase"]) ** (y - m)
        fixed = fixed_charges(t, of["peaks"], m)
        subsidy = of["subsidy"] if y <= n or y <= subsidy_years else 0.0
        market = of["market_revenue"] * share
        row = {
            "market_revenue_eur": market,
            "subsidy_eur": subsidy,
            "revenue_eur": market + subsidy,
            "optimiser_fee_eur": max(0.0, market) * params.get("economicsOptimiserFeePercent", 0) / 100,
            "opex_eur": params.get("economicsOpexEurPerYear", 0) * (1 + inflation) ** (y - 1),
            "grid_standing_eur": fixed["standing"] * growth,
            "grid_contracted_eur": fixed["contracted"] * growth,
            "grid_peak_eur": fixed["peak"] * growth,
            "grid_energy_eur": of["transport"] * growth * share,
            "energy_tax_eur": of["tax"] * share,
            "replacement_eur": replaced
            * params.get("economicsReplacementCostEur", 0)
            * ((1 - decline) * (1 + inflation)) ** (y - 1),
            "augmentation_eur": sum(lot.get("cost", 0) for lot in params.get("bessAugmentation", []) if lot["year"] == y),
            "charging_cost_eur": of["charging_cost"] * share,
            "charge_mwh": of["charge"] * share,
            "discharge_mwh": of["discharge"] * share,
        }
        row["grid_cost_eur"] = sum(row[k] for k in row if k.startswith("grid_")) + row["energy_tax_eur"]
        row["net_cash_flow_eur"] = (
            row["revenue_eur"]
            - row["optimiser_fee_eur"]
            - row["opex_eur"]
            - row["grid_cost_eur"]
            - row["replacement_eur"]
            - row["augmentation_eur"]
        )
        rows.append(row)
    flows = [-capex] + [row["net_cash_flow_eur"] for row in rows]
    times = [0.0] + [y - (0.5 if params.get("economicsMidYear", False) else 0.0) for y in range(1, life + 1)]
    factor = [(1 + rate) ** -x for x in times[1:]]
    spent = [
        row["opex_eur"] + row["optimiser_fee_eur"] + row["grid_cost_eur"] + row["replacement_eur"] + row["augmentation_eur"]
        for row in rows
    ]
    energy = math.fsum(f * row["discharge_mwh"] for f, row in zip(factor, rows))
    without = capex + math.fsum(f * s for f, s in zip(factor, spent))
    with_charging = without + math.fsum(f * row["charging_cost_eur"] for f, row in zip(factor, rows))
    root = internal_rate(flows, times, rate) if capex > 0 else None
    discounted = [f * (1 + rate) ** -x for f, x in zip(flows, times)]
    simulated = rows[:n]
    financial = {
        "npv_eur": present_value(flows, times, rate),
        "irr_percent": None if root is None else 100 * root,
        "roi_percent": 100 * sum(flows) / capex if capex > 0 else None,
        "payback_years": payback(flows) if capex > 0 else None,
        "discounted_payback_years": payback(discounted) if capex > 0 else None,
        "simple_payback_years": capex / flows[1] if capex > 0 and flows[1] > 0 else None,
        "lcos_eur_per_mwh": with_charging / energy if energy > 0 else None,
        "lcos_without_charging_eur_per_mwh": without / energy if energy > 0 else None,
        "total_capex_eur": capex,
        "total_opex_eur": sum(r["opex_eur"] + r["optimiser_fee_eur"] for r in simulated),
        "grid_cost_eur": sum(r["grid_cost_eur"] for r in simulated),
    }
    financial["net_revenue_eur"] = (
        sum(r["revenue_eur"] for r in simulated) - financial["total_opex_eur"] - financial["grid_cost_eur"]
    )
    return {"financial": financial, "cash_flow": rows, "capex": capex}
