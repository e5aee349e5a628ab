#include "report/heatmap.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <iterator>

#include "base/sum.h"
#include "report/heatmap_assets.h"
#include "report/text.h"
#include "report/totals.h"

namespace bess::report {

namespace {

/// A series of the page: a value per day and its sum per calendar month, stored as integers of 1/scale units.
struct Metric {
  std::string_view label;
  std::string_view unit;
  int scale{1};
  bool selectable{true};  ///< false: in the tooltip only
  bool bound{false};      ///< an upper bound, said wherever it is shown
  std::function<double(const DayRecord&)> value;
};

Metric eur(std::string_view label, std::function<double(const DayRecord&)> value, bool bound = false) {
  return {.label = label, .unit = "EUR", .scale = 1, .selectable = true, .bound = bound, .value = std::move(value)};
}

std::string_view total_label(const Summary& summary) {
  const auto charged = [](const MonthSummary& m) { return m.net_eur != m.revenue.lines.total_eur(); };
  return std::ranges::any_of(summary.highlights.months, charged) ? "Total less energy fees" : "Total";
}

std::vector<Metric> metrics_of(const Summary& summary) {
  const bool imbalance = summary.markets.has(Market::imbalance);
  std::vector<Metric> metrics{eur(total_label(summary), day_net_eur, imbalance)};
  for (const Market market : all_markets) {
    if (!summary.markets.has(market)) continue;
    const auto revenue = [market](const DayRecord& day) { return day.revenue_eur[market]; };
    metrics.push_back(eur(info_of(market).label, revenue, market == Market::imbalance));
  }
  const RevenueLines& lines = summary.financial.revenue.lines;
  if (lines.solar_subsidy_eur != 0.0) metrics.push_back(eur("Solar subsidy", [](const DayRecord& d) { return d.solar_subsidy_eur; }));
  if (lines.wind_subsidy_eur != 0.0) metrics.push_back(eur("Wind subsidy", [](const DayRecord& d) { return d.wind_subsidy_eur; }));
  metrics.push_back({"Cycles", "cycles", 100, true, false, [](const DayRecord& d) { return d.equivalent_full_cycles; }});
  metrics.push_back({"Energy fees", "EUR", 1, false, false, [](const DayRecord& d) { return -d.fee_eur; }});
  metrics.push_back({"Charged", "MWh", 10, false, false, [](const DayRecord& d) { return d.charge_mwh; }});
  metrics.push_back({"Discharged", "MWh", 10, false, false, [](const DayRecord& d) { return d.discharge_mwh; }});
  return metrics;
}

/// A number for people, with a true minus sign.
std::string shown(double value, int decimals = 0) {
  std::string text = grouped(value, decimals);
  return text.starts_with('-') ? "\u2212" + text.substr(1) : text;
}

/// Sums of months are finer than days, so that sums of months round to the sums people see elsewhere.
constexpr int month_scale = 100;

void add_integer(std::string& out, double value) {
  std::array<char, 24> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), std::isfinite(value) ? std::llround(value) : 0LL).ptr;
  out.append(text.data(), end);
}

/// The page's data: numbers and our own labels only. Days are consecutive dates from `first`.
void add_data(std::string& out, const Summary& summary, std::span<const DayRecord> dates) {
  const std::vector<std::span<const DayRecord>> months = months_of(dates);
  out += fmt::format(R"({{"first":"{}","power":{},"metrics":[)", format_date(dates.front().date),
                     std::isfinite(summary.power_mw) ? summary.power_mw : 0.0);
  bool first_metric = true;
  for (const Metric& metric : metrics_of(summary)) {
    if (!first_metric) out += ",\n";
    first_metric = false;
    out += fmt::format(R"({{"label":"{}","unit":"{}","scale":{},"selectable":{},"bound":{},"days":[)", metric.label, metric.unit,
                       metric.scale, metric.selectable, metric.bound);
    for (std::size_t d = 0; d < dates.size(); ++d) {
      if (d > 0) out += ',';
      add_integer(out, metric.scale * metric.value(dates[d]));
    }
    out += R"(],"months":[)";
    for (std::size_t m = 0; m < months.size(); ++m) {
      Sum sum;
      for (const DayRecord& day : months[m]) sum += metric.value(day);
      if (m > 0) out += ',';
      add_integer(out, month_scale * metric.scale * sum.value());
    }
    out += "]}";
  }
  out += "]}";
}

void add_tile(std::string& out, std::string_view name, std::string_view value, std::string_view unit) {
  out += fmt::format("<div class=\"tile\"><dt>{}</dt><dd>{} <small>{}</small></dd></div>\n", escape_html(name), escape_html(value),
                     escape_html(unit));
}

void add_tiles(std::string& out, const Summary& s) {
  const Highlights& h = s.highlights;
  out += "<dl class=\"tiles\">\n";
  Sum net;
  for (const MonthSummary& month : h.months) net += month.net_eur;
  const double mw_years = s.power_mw * s.provenance.simulated_years;
  const std::string_view bound = s.markets.has(Market::imbalance) ? " (upper bound)" : "";
  add_tile(out, fmt::format("{}{}", total_label(s), bound), shown(net.value()), "EUR");
  add_tile(out, "Per MW and year", shown(mw_years > 0.0 ? net.value() / mw_years : undefined), "EUR/MW");
  add_tile(out, "Mean day", shown(h.mean_day_eur), "EUR");
  if (h.best_day) add_tile(out, "Best day, " + format_date(h.best_day->date), shown(h.best_day->value), "EUR");
  if (h.worst_day) add_tile(out, "Worst day, " + format_date(h.worst_day->date), shown(h.worst_day->value), "EUR");
  add_tile(out, "Equivalent full cycles", grouped(h.cycles_per_day, 2), "per day");
  out += "</dl>\n";
}

constexpr std::array month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Month totals as text: a row per calendar year.
void add_table(std::string& out, const Summary& s) {
  out +=
      "<details id=\"as-table\" open><summary>Month totals as a table</summary>\n<div class=\"scroll\"><table>\n"
      "<caption>Revenue less energy fees per calendar month, EUR</caption>\n<thead><tr><th scope=\"col\">Year</th>";
  for (const char* name : month_names) out += fmt::format("<th scope=\"col\">{}</th>", name);
  out += "<th scope=\"col\">Sum</th></tr></thead>\n<tbody>\n";
  for (auto month = s.highlights.months.begin(); month != s.highlights.months.end();) {
    const std::chrono::year year = month->month.year();
    out += fmt::format("<tr><th scope=\"row\">{}</th>", static_cast<int>(year));
    Sum sum;
    for (unsigned m = 1; m <= month_names.size(); ++m) {
      if (month != s.highlights.months.end() && month->month == year / std::chrono::month(m)) {
        out += fmt::format("<td>{}</td>", shown(month->net_eur));
        sum += month->net_eur;
        ++month;
      } else {
        out += "<td></td>";
      }
    }
    out += fmt::format("<td>{}</td></tr>\n", shown(sum.value()));
  }
  out += "</tbody></table></div></details>\n";
}

void add_header(std::string& out, const Summary& s, std::span<const DayRecord> dates) {
  const ProvenanceSummary& p = s.provenance;
  std::string markets;
  for (const Market m : all_markets) {
    if (s.markets.has(m)) markets += fmt::format("{}{}", markets.empty() ? "" : ", ", info_of(m).label);
  }
  out += fmt::format("<header>\n<h1>{}</h1>\n", escape_html(s.title.empty() ? "Daily revenue" : s.title));
  if (!s.description.empty()) out += fmt::format("<p class=\"description\">{}</p>\n", escape_html(s.description));
  out += fmt::format("<p class=\"facts\">{} MW / {} MWh · {} · {} to {} · strategy {}, {} · prices {}{}{}</p>\n", grouped(s.power_mw, 1),
                     grouped(s.capacity_mwh, 1), escape_html(markets), format_date(dates.front().date), format_date(dates.back().date),
                     escape_html(p.strategy), escape_html(p.direction), escape_html(p.country), p.price_set.empty() ? "" : ", ",
                     escape_html(p.price_set));
  for (const Notice& notice : s.notices) {
    const bool strong = notice.code == "imbalance_upper_bound" || notice.code == "synthetic_prices";
    out += fmt::format("<p class=\"notice{}\" role=\"note\">{}</p>\n", strong ? " strong" : "", escape_html(notice.text));
  }
  add_tiles(out, s);
  out += "</header>\n";
}

constexpr std::string_view head_format = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{}</title>
)";

constexpr std::string_view controls =
    R"(<noscript><p class="notice strong">The calendar needs JavaScript; the table below says the same by month.</p></noscript>
<div id="toolbar" hidden>
<fieldset id="metrics"><legend>Coloured by</legend></fieldset>
<div id="legend" role="img"></div>
</div>
<p id="keys" class="hint" hidden>Point at or tap a day for its figures. With the keyboard: Tab to a year, then arrow keys (up and down a day, left and right a week), Home and End, Escape to close.</p>
<main id="years"></main>
<div id="tip" hidden></div>
<div id="live" class="unseen" role="status" aria-live="polite"></div>
)";

}  // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    }
  }
  return escaped;
}

std::string heatmap_html(const Summary& summary, const SimulationResult& result) {
  const std::vector<DayRecord> dates = days_by_date(result.days);
  BESS_ASSERT(!dates.empty());
  std::string page;
  page.reserve(dates.size() * 80 + 50'000);
  page += fmt::format(head_format, escape_html(summary.title.empty() ? "Daily revenue" : summary.title));
  page += fmt::format("<style>\n{}</style>\n</head>\n<body>\n", heatmap_css());
  add_header(page, summary, dates);
  page += controls;
  add_table(page, summary);
  page += fmt::format(
      "<footer>BESS Engine {} · input {} · a day is a local market day; months and years are calendar months and years</footer>\n",
      escape_html(summary.provenance.engine_version), escape_html(summary.provenance.input_hash));
  page += "<script type=\"application/json\" id=\"data\">";
  add_data(page, summary, dates);
  page += "</script>\n<script>\n";
  page += heatmap_js();
  page += "</script>\n</body>\n</html>\n";
  return page;
}

}  // namespace bess::report
