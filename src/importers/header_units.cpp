#include "importers/header_units.h"

#include <fmt/format.h>

#include <algorithm>

namespace bess {

namespace {

bool same(const UnitConversion& a, const UnitConversion& b) {
  return a.factor == b.factor && a.per_period == b.per_period && a.per_block == b.per_block && a.per_day == b.per_day &&
         a.period_unstated == b.period_unstated;
}

bool is_price(const SourceColumn& column) { return column.wanted.unit.starts_with("EUR"); }

class UnitPlanner {
 public:
  UnitPlanner(const UnitSources& sources, HeaderPlan& plan, Issues& issues) : s_(sources), plan_(plan), issues_(issues) {}

  void run() {
    for (SourceColumn& column : plan_.columns) {
      const auto told = header_unit(column);
      if (const auto stated = s_.own.units.find(column.wanted.name); stated != s_.own.units.end()) {
        take_stated(column, stated->second, told);
      } else if (told) {
        take_header(column, *told);
      } else if (const auto known = s_.mapping.units.find(column.wanted.name); known != s_.mapping.units.end()) {
        column.unit = known->second;
        column.conversion = find_conversion(known->second, column.wanted.unit).value_or(UnitConversion{});
        column.unit_assumed = false;
        add_currency("EUR");
      } else {
        column.unit = column.wanted.unit;
        if (is_price(column)) add_currency("EUR");
      }
    }
    const bool prices = std::any_of(plan_.columns.begin(), plan_.columns.end(), is_price);
    if (!prices) plan_.currency_cell.reset();
  }

 private:
  void error(const char* code, std::size_t row, const std::string& column, std::string message) {
    issues_.add(file_issue(Severity::error, code, s_.file, row, column, std::move(message)));
  }
  void warn(const char* code, const std::string& column, std::string message) {
    issues_.add(file_issue(Severity::warning, code, s_.file, plan_.row, column, std::move(message)));
  }
  void add_currency(const std::string& code) {
    if (std::find(plan_.currencies.begin(), plan_.currencies.end(), code) == plan_.currencies.end()) plan_.currencies.push_back(code);
  }

  [[nodiscard]] std::optional<ParsedUnit> header_unit(const SourceColumn& column) const {
    const Dimension wanted = dimension_of(column.wanted.unit);
    std::optional<ParsedUnit> found;
    if (s_.below != nullptr && column.cell < s_.below->size()) found = unit_in_header((*s_.below)[column.cell], wanted);
    // Our own names ("solar_mw") tell their unit, and no more than having none told does.
    const bool own_name = s_.names.normalised(column.cell) == normalised_header(column.wanted.name);
    if (!found && !own_name) found = unit_in_header(s_.names[column.cell], wanted);
    if (!found && !s_.column.empty()) found = column_unit(wanted);
    return found;
  }

  /// What a column of units says of columns of one dimension; several units are none that can be converted.
  [[nodiscard]] std::optional<ParsedUnit> column_unit(Dimension wanted) const {
    std::optional<ParsedUnit> found;
    std::string others;
    for (const std::string& text : s_.column) {
      auto unit = parse_unit(text);
      const bool power_of_energy = unit && wanted == Dimension::power && unit->dimension == Dimension::energy;
      if (!unit || (unit->dimension != wanted && !power_of_energy)) continue;
      if (!found) {
        found = std::move(unit);
      } else {
        (others += " and ") += text;
      }
    }
    if (!others.empty()) *found = {.dimension = Dimension::other, .text = found->text + others};
    return found;
  }

  void take_stated(SourceColumn& column, const std::string& text, const std::optional<ParsedUnit>& told) {
    column.unit = text;
    column.unit_assumed = false;
    const auto unit = parse_unit(text);
    const auto conversion = unit ? find_conversion(*unit, column.wanted.unit) : std::nullopt;
    if (!conversion && unit && !unit->currency.empty() && unit->currency != "EUR" && !unit->rate) {
      error("unit_conflict", 0, column.wanted.name,
            fmt::format("'{}' is not in EUR: say what one {} is worth, as in {}*1.17", text, unit->currency, text));
      return;
    }
    if (!conversion) {
      error("wrong_type", 0, column.wanted.name,
            fmt::format("'{}' is no unit for {}; understood are {}", text, column.wanted.name, known_units(column.wanted.unit)));
      return;
    }
    column.conversion = *conversion;
    if (is_price(column)) add_currency(unit->currency);
    if (is_price(column) && !unit->rate) plan_.currency_stated = true;
    if (unit->rate) {
      warn("currency_converted", column.header,
           fmt::format("{} was converted from {} at {} EUR for one {}, as stated", column.wanted.name, unit->currency, *unit->rate,
                       unit->currency));
    }
    if (!told) return;
    ParsedUnit with_rate = *told;
    if (unit->rate && told->currency == unit->currency) with_rate.rate = unit->rate;
    const auto of_header = find_conversion(with_rate, column.wanted.unit);
    if (of_header && same(*of_header, *conversion)) return;
    // "EUR/MW" leaves the time open; saying it is no contradiction.
    if (of_header && of_header->period_unstated && of_header->factor == conversion->factor) return;
    warn("unit_overridden", column.header,
         fmt::format("the header says {}; {} was read in {}, as stated", told->text, column.wanted.name, text));
  }

  void take_header(SourceColumn& column, ParsedUnit told) {
    column.unit = told.text;
    column.unit_assumed = false;
    if (told.currency == "*" && plan_.currency_cell) told.currency = "EUR";
    const auto conversion = find_conversion(told, column.wanted.unit);
    if (conversion) {
      column.conversion = *conversion;
      if (is_price(column)) add_currency("EUR");
      return;
    }
    const Dimension wanted = dimension_of(column.wanted.unit);
    if (told.dimension == wanted && !told.currency.empty() && told.currency != "EUR") {
      const bool known = told.currency != "?" && told.currency != "*";
      error("unit_conflict", plan_.row, column.header,
            fmt::format(
                "the header says {}: prices in {} are not converted by themselves; state the unit with the EUR that one is worth, as in "
                "--unit {}={}/{}*1.17",
                told.text, known ? told.currency : "an unknown currency", column.wanted.name, known ? told.currency : "GBP",
                wanted == Dimension::energy_price ? "MWh" : "MW/h"));
      return;
    }
    error("unit_conflict", plan_.row, column.header,
          fmt::format(
              "the header says {}, which is no unit for {}; understood are {}. Where the header is wrong, state the unit (--unit {}={})",
              told.text, column.wanted.name, known_units(column.wanted.unit), column.wanted.name, column.wanted.unit));
  }

  const UnitSources& s_;
  HeaderPlan& plan_;
  Issues& issues_;
};

}  // namespace

void plan_units(const UnitSources& sources, HeaderPlan& plan, Issues& issues) { UnitPlanner(sources, plan, issues).run(); }

std::string zone_in_header(std::string_view header) {
  const std::string name = normalised_header(header);
  const auto has = [&](std::string_view text) { return name.find(text) != std::string::npos; };
  if (has("cet/cest")) return "Europe/Brussels";
  if (has("mez/mesz")) return "Europe/Berlin";
  if (has("wet/west")) return "Europe/Lisbon";
  if (has("eet/eest")) return "Europe/Helsinki";
  for (const std::string_view word : {"utc", "gmt"}) {
    const std::size_t at = name.find(word);
    if (at == std::string::npos) continue;
    std::string_view rest = std::string_view(name).substr(at + 3);
    if (rest.empty() || (rest.front() != '+' && rest.front() != '-')) return "UTC";
    std::size_t end = 1;
    while (end < rest.size() && ((rest[end] >= '0' && rest[end] <= '9') || rest[end] == ':')) ++end;
    return end == 1 ? "UTC" : std::string(rest.substr(0, end));
  }
  return {};
}

}  // namespace bess
