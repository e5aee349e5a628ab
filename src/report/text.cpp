#include "report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "report/text_table.h"

namespace bess::report {

namespace {

constexpr std::size_t page_width = 100;
constexpr std::size_t bar_width = 40;
constexpr std::size_t months_charted = 24;  ///< more are charted by year
constexpr double thousand = 1000.0;

/// Text in what the terminal can show.
class Page {
 public:
  explicit Page(const TextOptions& options) : unicode_(options.unicode) {}

  void line(std::string_view text) { text_ += fmt::format("{}\n", text); }
  void blank() { text_ += '\n'; }
  void heading(std::string_view text) {
    blank();
    line(text);
  }
  void table(const TextTable& table) { text_ += table.str(unicode_); }
  /// Words of `text` on lines of at most page_width columns, the first after `first`, the others indented as far.
  void paragraph(std::string_view first, std::string_view text);

  [[nodiscard]] bool unicode() const { return unicode_; }
  [[nodiscard]] std::string number(double value, int decimals = 0) const { return grouped(value, decimals, unicode_); }
  [[nodiscard]] std::string number(std::optional<double> value, int decimals) const {
    return grouped(value.value_or(undefined), decimals, unicode_);
  }
  [[nodiscard]] std::string percent(double value, int decimals = 1) const {
    return std::isfinite(value) ? fmt::format("{} %", number(value, decimals)) : number(value);
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  bool unicode_;
  std::string text_;
};

/// `text` without control characters (a title may hold anything) and cut to `width` columns.
std::string printable(std::string_view text, std::size_t width, bool unicode) {
  std::string clean;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 && !unicode) {
      if ((byte & 0xC0U) != 0x80) clean += '?';
    } else {
      clean += byte < 0x20 || byte == 0x7F ? ' ' : c;
    }
  }
  if (display_width(clean) <= width) return clean;
  std::size_t columns = 0;
  std::size_t at = 0;
  for (; at < clean.size(); ++at) {
    const bool starts = (static_cast<unsigned char>(clean[at]) & 0xC0U) != 0x80;
    if (starts && columns + 3 == width) break;
    if (starts) ++columns;
  }
  return clean.substr(0, at) + "...";
}

void Page::paragraph(std::string_view first, std::string_view text) {
  const std::size_t indent = display_width(first);
  std::string line_text(first);
  std::size_t column = indent;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = printable(text.substr(at, end - at), page_width - indent, unicode_);
    if (column > indent && column + 1 + display_width(word) > page_width) {
      line(line_text);
      line_text = std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) {
      line_text += ' ';
      ++column;
    }
    line_text += word;
    column += display_width(word);
    at = end + 1;
  }
  line(line_text);
}

/// A bar of at most bar_width columns, in eighths of a column.
std::string bar(double value, double largest, bool unicode) {
  if (!(largest > 0.0)) return {};
  const double columns = static_cast<double>(bar_width) * std::abs(value) / largest;
  if (value < 0.0) return std::string(static_cast<std::size_t>(std::lround(columns)), '-');
  if (!unicode) return std::string(static_cast<std::size_t>(std::lround(columns)), '#');
  static constexpr std::string_view parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = static_cast<std::size_t>(std::lround(8.0 * columns));
  std::string text;
  for (std::size_t i = 0; i < eighths / 8; ++i) text += "█";
  text += parts[eighths % 8];
  return text;
}

std::string years_text(int years) { return fmt::format("{} year{}", years, years == 1 ? "" : "s"); }

void add_head(Page& page, const Summary& s) {
  const ProvenanceSummary& p = s.provenance;
  page.line(printable(s.title.empty() ? std::string("Simulation") : s.title, page_width, page.unicode()));
  std::string markets;
  for (const Market m : all_markets) {
    if (s.markets.has(m)) markets += fmt::format("{}{}", markets.empty() ? "" : ", ", info_of(m).label);
  }
  page.line(fmt::format("{} MW / {} MWh, {} from {}, strategy {} ({})", page.number(s.power_mw, 1), page.number(s.capacity_mwh, 1),
                        years_text(p.simulated_years), format_date(s.years.front().first_day), p.strategy, p.direction));
  page.line(fmt::format("Markets: {}", markets));
  const bool named_so = p.price_set.find("ynthetic") != std::string::npos;  // the set's own name may say it
  page.line(printable(fmt::format("Prices:  {}{}{}", p.country, p.price_set.empty() ? "" : ", " + p.price_set,
                                  p.synthetic_prices && !named_so ? " (synthetic)" : ""),
                      page_width, page.unicode()));
}

void add_notices(Page& page, const Summary& s) {
  if (s.notices.empty()) return;
  page.blank();
  for (const Notice& notice : s.notices) page.paragraph("  ! ", notice.text);
}

void add_revenue(Page& page, const Summary& s) {
  const RevenueLines& total = s.financial.revenue.lines;
  const RevenueLines& per_mw = s.financial.revenue.per_mw_year;
  constexpr std::string_view bound = " (upper bound)";
  page.heading("Revenue");
  TextTable table({Align::left, Align::right, Align::right, Align::right});
  table.row({"", "EUR", "share", "EUR/MW/year"});
  table.rule();
  auto line = [&](std::string_view name, double eur, double eur_per_mw_year) {
    const double share = total.total_eur() != 0.0 ? 100.0 * eur / total.total_eur() : undefined;
    table.row({std::string(name), page.number(eur), page.percent(share), page.number(eur_per_mw_year)});
  };
  for (const Market m : all_markets) {
    if (!s.markets.has(m)) continue;
    line(fmt::format("{}{}", info_of(m).label, m == Market::imbalance ? bound : ""), total.market(m), per_mw.market(m));
  }
  if (total.solar_subsidy_eur != 0.0) line("Solar subsidy", total.solar_subsidy_eur, per_mw.solar_subsidy_eur);
  if (total.wind_subsidy_eur != 0.0) line("Wind subsidy", total.wind_subsidy_eur, per_mw.wind_subsidy_eur);
  table.rule();
  line(fmt::format("Total{}", s.markets.has(Market::imbalance) ? bound : ""), total.total_eur(), per_mw.total_eur());
  if (std::abs(total.cross_market_eur) >= 0.5) line("  of which cross-market", total.cross_market_eur, per_mw.cross_market_eur);
  if (total.generation_sales_eur != 0.0) line("  of which generation sold", total.generation_sales_eur, per_mw.generation_sales_eur);
  if (std::abs(s.financial.gross.markets_eur() - total.markets_eur()) >= 0.5) {
    const double mw_years = total.total_eur() != 0.0 ? per_mw.total_eur() / total.total_eur() : undefined;
    line("  before capture", s.financial.gross.total_eur(), s.financial.gross.total_eur() * mw_years);
  }
  page.table(table);
}

void add_trading(Page& page, const Summary& s) {
  page.heading("Trading");
  TextTable table({Align::left, Align::right, Align::right, Align::right, Align::right, Align::right, Align::right});
  table.row({"", "bought MWh", "sold MWh", "buy EUR/MWh", "sell EUR/MWh", "spread", "idle days"});
  table.rule();
  for (const Product p : energy_products) {
    const std::optional<EnergyTrading>& e = s.trading.energy[p];
    if (!e) continue;
    table.row({std::string(info_of(p).label), page.number(e->bought_mwh), page.number(e->sold_mwh),
               page.number(e->average_buy_price_eur_per_mwh, 2), page.number(e->average_sell_price_eur_per_mwh, 2),
               page.number(e->captured_spread_eur_per_mwh, 2), fmt::format("{}", e->idle_days)});
  }
  const bool energy = std::ranges::any_of(s.trading.energy.values, [](const auto& e) { return e.has_value(); });
  if (energy) page.table(table);
  TextTable reserves({Align::left, Align::right, Align::right, Align::right, Align::right});
  reserves.row({"", "MW-hours", "mean MW", "EUR/MW/h", "idle days"});
  reserves.rule();
  bool any = false;
  auto add = [&](std::string_view name, const std::optional<ReserveTrading>& r) {
    if (!r) return;
    any = true;
    reserves.row({std::string(name), page.number(r->sold_mw_h), page.number(r->mean_sold_mw, 2),
                  page.number(r->average_price_eur_per_mw_h, 2), fmt::format("{}", r->idle_days)});
  };
  for (const Product p : reserve_products) add(info_of(p).label, s.trading.reserve[p]);
  if (!any) return;
  if (energy) page.blank();
  page.table(reserves);
}

using Fact = std::pair<std::string, std::string>;

/// Name and value in two pairs of columns, down the first, then the second.
void add_facts(Page& page, std::string_view heading, const std::vector<Fact>& facts) {
  page.heading(heading);
  TextTable table({Align::left, Align::right, Align::left, Align::left, Align::right});
  const std::size_t half = (facts.size() + 1) / 2;
  for (std::size_t i = 0; i < half; ++i) {
    const Fact right = i + half < facts.size() ? facts[i + half] : Fact{};
    table.row({facts[i].first, facts[i].second, " ", right.first, right.second});
  }
  page.table(table);
}

void add_operation(Page& page, const Summary& s) {
  const Operational& o = s.operational;
  std::vector<Fact> facts{{"Charged", page.number(o.total_charge_mwh) + " MWh"},
                          {"Discharged", page.number(o.total_discharge_mwh) + " MWh"},
                          {"Equivalent full cycles", page.number(o.total_cycles, 1)},
                          {"Cycles per day", page.number(o.cycles_per_day, 2)},
                          {"Utilisation", page.percent(o.capacity_utilization_percent)},
                          {"Round-trip efficiency", page.percent(o.average_rte_percent, 2)},
                          {"State of health at the end", page.percent(o.final_soh_percent, 2)},
                          {"Replacements", fmt::format("{}", o.replacement_events)}};
  if (o.generated_mwh > 0.0) {
    facts.insert(facts.end(), {{"Generated", page.number(o.generated_mwh) + " MWh"},
                               {"Generation sold", page.number(o.generation_sold_mwh) + " MWh"},
                               {"Generation stored", page.number(o.self_charge_mwh) + " MWh"},
                               {"Curtailed", page.number(o.curtailed_mwh) + " MWh"},
                               {"Capture price", page.number(o.generation_capture_price_eur_per_mwh, 2) + " EUR/MWh"},
                               {"Base price", page.number(o.base_price_eur_per_mwh, 2) + " EUR/MWh"}});
  }
  add_facts(page, "Operation", facts);
}

void add_prices(Page& page, const Summary& s) {
  const PriceLevels& p = s.prices;
  if (!std::isfinite(p.tb1_eur_per_mw_day)) return;
  add_facts(page, "Day-ahead prices (TB2: mean of each day's two dearest less its two cheapest hours, no losses)",
            {{"TB1", page.number(p.tb1_eur_per_mw_day, 2) + " EUR/MW/day"},
             {"TB2", page.number(p.tb2_eur_per_mw_day, 2) + " EUR/MW/day"},
             {"TB4", page.number(p.tb4_eur_per_mw_day, 2) + " EUR/MW/day"},
             {"Mean", page.number(p.day_ahead_mean_eur_per_mwh, 2) + " EUR/MWh"},
             {fmt::format("TB at {} h", page.number(p.duration_hours, 2)), page.number(p.tb_at_duration_eur_per_mw_day, 2) + " EUR/MW/day"},
             {"Day-ahead revenue, share of it", page.percent(p.day_ahead_share_of_tb_percent)}});
}

std::string reason_text(std::string_view reason) {
  if (reason == "no_capex") return "none (no investment)";
  if (reason == "no_sign_change") return "none (flows never turn)";
  return std::string(reason);
}

void add_finance(Page& page, const Summary& s) {
  const Financial& f = s.financial;
  const auto years = [&](std::optional<double> value) { return value ? page.number(*value, 1) + " years" : page.number(undefined); };
  const std::string irr = f.irr_percent ? page.percent(*f.irr_percent, 2) : reason_text(f.irr_reason);
  const std::string roi = f.roi_percent ? page.percent(*f.roi_percent) : reason_text(f.roi_reason);
  add_facts(page, fmt::format("Finance (present value over {})", years_text(f.project_life_years)),
            {{"Revenue", page.number(f.revenue.lines.total_eur()) + " EUR"},
             {"Operating cost", page.number(-f.total_opex_eur) + " EUR"},
             {"Grid costs", page.number(-f.grid_cost_eur) + " EUR"},
             {"Net revenue", page.number(f.net_revenue_eur) + " EUR"},
             {"Net per MW and year", page.number(f.net_revenue_eur_per_mw_year) + " EUR"},
             {"Levelised cost", page.number(f.lcos_eur_per_mwh, 2) + " EUR/MWh"},
             {"Investment", page.number(f.total_capex_eur) + " EUR"},
             {"Net present value", page.number(f.npv_eur) + " EUR"},
             {"Internal rate of return", irr},
             {"Return on investment", roi},
             {"Payback", years(f.payback_years)},
             {"Discounted payback", years(f.discounted_payback_years)}});
}

void add_highlights(Page& page, const Summary& s) {
  const Highlights& h = s.highlights;
  const auto mark = [&](const std::optional<DayMark>& day) {
    return day ? fmt::format("{} EUR on {}", page.number(day->value), format_date(day->date)) : page.number(undefined);
  };
  page.heading("Days");
  TextTable table({Align::left, Align::left});
  table.row({"Best day", mark(h.best_day)});
  table.row({"Worst day", mark(h.worst_day)});
  table.row({"Mean day", fmt::format("{} EUR, {} of {} days below zero", page.number(h.mean_day_eur), h.negative_days, h.days)});
  if (std::isfinite(h.capture_of_bound_percent)) {
    table.row({"Capture", fmt::format("{} of the perfect-foresight bound ({} of {} EUR)", page.percent(h.capture_of_bound_percent, 2),
                                      page.number(h.bound_basis_eur), page.number(h.bound_eur))});
  }
  page.table(table);
}

struct ChartRow {
  std::string label;
  double eur{0};
  double cycles_per_day{0};
};

void add_chart(Page& page, std::string_view heading, std::span<const ChartRow> rows) {
  double largest = 0.0;
  for (const ChartRow& row : rows) largest = std::max(largest, std::abs(row.eur));
  page.heading(heading);
  TextTable table({Align::left, Align::right, Align::right, Align::left});
  table.row({"", "kEUR", "cycles/day", ""});
  for (const ChartRow& row : rows) {
    table.row({row.label, page.number(row.eur / thousand, 1), page.number(row.cycles_per_day, 2), bar(row.eur, largest, page.unicode())});
  }
  page.table(table);
}

void add_charts(Page& page, const Summary& s) {
  std::vector<ChartRow> rows;
  if (s.highlights.months.size() <= months_charted) {
    for (const MonthSummary& m : s.highlights.months) {
      rows.push_back({fmt::format("{:04}-{:02}", static_cast<int>(m.month.year()), static_cast<unsigned>(m.month.month())),
                      m.revenue.lines.total_eur(), m.cycles_per_day});
    }
    add_chart(page, "Revenue by month", rows);
    return;
  }
  for (const YearSummary& y : s.years)
    rows.push_back({fmt::format("year {}", y.project_year), y.revenue.lines.total_eur(), y.cycles_per_day});
  add_chart(page, "Revenue by project year", rows);
}

void add_years(Page& page, const Summary& s) {
  page.heading("Project years");
  TextTable table(std::vector<Align>(9, Align::right));
  table.row({"year", "from", "prices", "revenue", "net", "EUR/MW", "cycles/day", "SoH end", "RTE"});
  table.rule();
  for (const YearSummary& y : s.years) {
    table.row({fmt::format("{}", y.project_year), format_date(y.first_day), fmt::format("{}", y.data_year),
               page.number(y.revenue.lines.total_eur()), page.number(y.net_revenue_eur), page.number(y.revenue.per_mw_year.total_eur()),
               page.number(y.cycles_per_day, 2), page.percent(y.soh_end_percent), page.percent(y.average_rte_percent)});
  }
  page.table(table);
}

void add_cash_flow(Page& page, const Summary& s) {
  page.heading("Cash flow (kEUR)");
  TextTable table(std::vector<Align>(8, Align::right));
  table.row({"year", "revenue", "operation", "grid", "replacement", "capex", "net", "cumulative"});
  table.rule();
  bool extrapolated = false;
  const auto k = [&](double eur) { return page.number(eur / thousand, 1); };
  for (const finance::CashFlowRow& row : s.cash_flow) {
    extrapolated = extrapolated || row.extrapolated;
    table.row({fmt::format("{}{}", row.year, row.extrapolated ? "*" : ""), k(row.revenue_eur()), k(-row.opex_eur - row.optimiser_fee_eur),
               k(-row.grid_cost_eur), k(-row.replacement_eur - row.augmentation_eur), k(-row.capex_eur), k(row.net_cash_flow_eur),
               k(row.cumulative_eur)});
  }
  page.table(table);
  if (extrapolated) page.line("  * not simulated: repeats a simulated year, scaled with the battery's capacity");
}

void add_foot(Page& page, const Summary& s) {
  const ProvenanceSummary& p = s.provenance;
  page.heading("How this was computed");
  page.paragraph("  ",
                 fmt::format("BESS Engine {}, solver {}, {} cross-market; {} windows, {} linear programs; plans at most {:.2g} % below "
                             "the optimum, the worst window {:.2g} %; input {}.",
                             p.engine_version, p.solver, p.cross_market, p.run.windows, p.run.lps, 100.0 * p.total_direction_gap,
                             100.0 * p.worst_gap, p.input_hash));
  if (p.run.relaxed_windows > 0) page.paragraph("  ", fmt::format("{} windows had to be relaxed.", p.run.relaxed_windows));
  for (const DataQuality& q : p.data_quality) {
    if (q.counts.interpolated + q.counts.borrowed + q.counts.missing == 0) continue;
    page.paragraph("  ", fmt::format("{}: {} quarter-hours interpolated, {} borrowed from another day, {} missing.", q.column,
                                     q.counts.interpolated, q.counts.borrowed, q.counts.missing));
  }
  for (const Issue& warning : s.warnings) {
    const bool noticed = std::ranges::any_of(s.notices, [&](const Notice& n) { return n.code == warning.code; });
    if (!noticed) page.paragraph("  Warning: ", fmt::format("{} ({})", warning.message, warning.code));
  }
}

}  // namespace

std::string grouped(double value, int decimals, bool unicode) {
  if (!std::isfinite(value)) return unicode ? "–" : "-";
  const std::string plain = fmt::format("{:.{}f}", std::abs(value), decimals);
  const bool zero = plain.find_first_not_of("0.") == std::string::npos;
  const std::size_t whole = std::min(plain.find('.'), plain.size());
  std::string text;
  if (value < 0.0 && !zero) text += '-';
  for (std::size_t i = 0; i < plain.size(); ++i) {
    if (i > 0 && i < whole && (whole - i) % 3 == 0) text += ',';
    text += plain[i];
  }
  return text;
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

std::string summary_text(const Summary& summary, const TextOptions& options) {
  Page page(options);
  add_head(page, summary);
  add_notices(page, summary);
  add_revenue(page, summary);
  add_charts(page, summary);
  add_trading(page, summary);
  add_operation(page, summary);
  add_prices(page, summary);
  add_finance(page, summary);
  add_highlights(page, summary);
  if (options.yearly_table) add_years(page, summary);
  if (options.cash_flow_table) add_cash_flow(page, summary);
  add_foot(page, summary);
  return page.take();
}

}  // namespace bess::report
