"""The tables and plots of docs/validation.md, from docs/validation/results.json."""

import re


def amount(value, digits=0):
    return "–" if value is None else f"{value:,.{digits}f}"


def row(cells):
    return "| " + " | ".join(cells) + " |\n"


def table(head, rows):
    return row(head) + row(["---"] + ["---:"] * (len(head) - 1)) + "".join(row(cells) for cells in rows)


def strategies(results, prefix):
    rows = []
    for name in sorted(n for n in results if n.startswith(prefix)):
        one = results[name]
        money, made = one["financial"], one["provenance"]
        mean = made["total_direction_gap"]
        rows.append([name[len(prefix):].replace("_exclusive", ", exclusive").replace("_time_shared", ", time_shared"),
                     amount(money["day_ahead_revenue_eur"]), amount(money["imbalance_revenue_eur"]),
                     amount(money["afrr_capacity_revenue_eur"]), amount(money["fcr_revenue_eur"]), amount(money["total_revenue_eur"]),
                     amount(one["operational"]["total_cycles"]), amount(one["capture_of_bound_percent"], 2) + " %",
                     f"{100 * mean:.3f} / {100 * made['worst_direction_gap']:.2f} %", amount(made["fallbacks"]),
                     f"{one['cpu_seconds']:.2f}"])
    return table(["Strategy, direction", "Day-ahead EUR", "Imbalance", "aFRR", "FCR", "Total", "EFC", "of bound", "gap mean / worst",
                  "fallbacks", "CPU s"], rows)


def reference(results):
    expected = {"reference_100": 695288, "reference_98": 693443}
    return table(["Availability", "Expected EUR", "bess EUR"],
                 [[name[10:], amount(expected[name]), amount(results[name]["financial"]["total_revenue_eur"], 1)] for name in expected])


def hybrids(results):
    labels = {"hybrid_da": "day-ahead", "hybrid_da_after": "day-ahead, generation_in_dispatch = false",
              "hybrid_da_reserves": "day-ahead, aFRR, FCR", "hybrid_all": "the same and imbalance (upper bound)",
              "hybrid_sde_none": "day-ahead, SDE, rule none", "hybrid_sde_six_hours": "day-ahead, SDE, rule six_hours",
              "hybrid_sde_any": "day-ahead, SDE, rule any"}
    rows = []
    for name, label in labels.items():
        one = results[name]
        without = one["comparison"]["without_battery"]
        flows = one["operational"]
        rows.append([label, amount(without["net_revenue_eur"]), amount(one["financial"]["net_revenue_eur"]),
                     amount(one["comparison"]["battery_adds"]["net_revenue_eur"]), amount(one["financial"]["solar_subsidy_revenue_eur"]),
                     amount(without["curtailed_mwh"]), amount(flows["curtailed_mwh"]), amount(flows["self_charge_mwh"]),
                     amount(flows["generation_sold_mwh"]), amount(flows["generation_capture_price_eur_per_mwh"], 2)])
    return table(["Run", "Park alone EUR", "With battery", "Battery adds", "of which subsidy", "Curtailed alone MWh", "with battery",
                  "Self-charged", "Sold", "Capture price"], rows)


def long_runs(results):
    rows = []
    for name, label in (("hybrid_25_years_da", "day-ahead"), ("hybrid_25_years_da_reserves", "day-ahead, aFRR, FCR")):
        one = results[name]
        rows.append([label, amount(one["financial"]["total_revenue_eur"]), amount(one["operational"]["total_cycles"]),
                     amount(one["operational"]["replacement_events"]), amount(one["provenance"]["windows"]), amount(one["provenance"]["lps"]),
                     f"{100 * one['provenance']['total_direction_gap']:.3f} %", amount(one["provenance"]["fallbacks"]),
                     f"{one['cpu_seconds']:.2f}"])
    return table(["Markets", "Revenue EUR", "EFC", "Replacements", "Windows", "LPs", "Gap mean", "Fallbacks", "CPU s"], rows)


def peaks(results):
    """Revenue less the bill: kW of twelve peaks at the tariff."""
    rows = []
    for days in (3, 14):
        ignored = results[f"peak_{days}_ignored"]
        names = [n for n in results if n.startswith(f"peak_{days}_") and n != f"peak_{days}_ignored"]
        for tariff, name in sorted((float(n.split("_")[2]), n) for n in names):
            cells = []
            for one in (results[name], ignored):
                bill = 1000 * tariff * sum(one["month_peaks_mw"])
                cells.append((one["financial"]["total_revenue_eur"] - bill, sum(one["month_peaks_mw"])))
            rows.append([f"{days} days, {tariff:g}", amount(cells[0][0]), amount(cells[1][0]), amount(cells[0][1], 1), amount(cells[1][1], 1)])
    return table(["Windows, EUR/kW/month", "in the plan EUR", "ignored EUR", "peaks MW, sum", "ignored MW"], rows)


def bars(title, series):
    """Months side by side, one colour a series."""
    colours = ["#2f6db5", "#e08a2e"]
    top = max(m["eur"] for _, months in series for m in months)
    parts = [f'<text x="40" y="18" font-weight="bold">{title}</text>']
    for k, (label, months) in enumerate(series):
        parts.append(f'<rect x="{40 + 220 * k}" y="28" width="10" height="10" fill="{colours[k]}"/>'
                     f'<text x="{55 + 220 * k}" y="37">{label}</text>')
        for i, month in enumerate(months):
            height = 200 * max(0.0, month["eur"]) / top
            x = 60 + 48 * i + 18 * k
            parts.append(f'<rect x="{x}" y="{250 - height:.1f}" width="17" height="{height:.1f}" fill="{colours[k]}"/>')
            if k == 0:
                parts.append(f'<text x="{x}" y="265">{month["month"][5:]}</text>')
    for share in (0.5, 1.0):
        parts.append(f'<text x="2" y="{254 - 200 * share:.0f}">{top * share / 1000:,.0f} kEUR</text>')
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 660 275" font-family="sans-serif" font-size="11">'
            '<rect width="660" height="275" fill="white"/>' + "\n".join(parts) + "</svg>\n")


def render(results, page, folder):
    blocks = {"reference": reference(results), "nl_2024_da": strategies(results, "2024_da_"), "hybrids": hybrids(results),
              "nl_2024_reserves": strategies(results, "2024_da_reserves_"), "nl_2024_all": strategies(results, "2024_all_"),
              "nl_2019_2022": strategies(results, "2019_2022_"), "long_runs": long_runs(results), "peaks": peaks(results)}
    only_day_ahead = {k: v for k, v in results.items() if not k.startswith("2024_da_reserves_")}
    blocks["nl_2024_da"] = strategies(only_day_ahead, "2024_da_")
    text = page.read_text(encoding="utf-8")
    for name, block in blocks.items():
        text = re.sub(rf"(<!-- {name} -->\n).*?(<!-- end -->)", lambda m, b=block: m.group(1) + b + m.group(2), text, flags=re.S)
    page.write_text(text, encoding="utf-8")
    battery = [("day-ahead", results["2024_da_rolling_lp_exclusive"]["months"]),
               ("day-ahead, aFRR, FCR", results["2024_da_reserves_rolling_lp_exclusive"]["months"])]
    (folder / "nl_2024_months.svg").write_text(bars("NL 2024, 10 MW / 20 MWh, rolling_lp, by month", battery), encoding="utf-8")
    park = [("day-ahead", results["hybrid_da"]["months"]), ("SDE, rule six_hours", results["hybrid_sde_six_hours"]["months"])]
    (folder / "hybrid_months.svg").write_text(bars("NL 2024, park and battery, by month", park), encoding="utf-8")
