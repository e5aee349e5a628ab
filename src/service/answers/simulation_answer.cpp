#include "service/answers/simulation_answer.h"

#include "base/error.h"
#include "report/timeseries.h"
#include "service/data/exports.h"

namespace bess::service {

namespace {

/// A quarter-hour as an object.
struct TimeseriesRow {};
constexpr AnswerRecord answer_record(const TimeseriesRow& /*record*/) {
  return {"TimeseriesRow", "A quarter-hour; columns of markets that are not enabled are left out"};
}
/// All quarter-hours, an array a column.
struct TimeseriesColumns {};
constexpr AnswerRecord answer_record(const TimeseriesColumns& /*record*/) {
  return {"TimeseriesColumns", "Arrays with a value per quarter-hour; columns of markets that are not enabled are left out"};
}

/// The columns, each as a `Cell`.
template <class Stamp, class Cell, class Visitor>
void describe_columns(Visitor& field) {
  field("delivery_start", Stamp{}, "", "start of the quarter-hour, UTC");
  for (const report::TimeseriesColumn& column : report::timeseries_fields()) {
    if (column.of_a_market) {
      field(column.name, IfPresent<Cell>{}, column.unit, column.help);
    } else {
      field(column.name, Cell{}, column.unit, column.help);
    }
  }
}
template <class Visitor>
void describe(const TimeseriesRow& /*row*/, Visitor&& field) {
  describe_columns<Instant, double>(field);
}
template <class Visitor>
void describe(const TimeseriesColumns& /*columns*/, Visitor&& field) {
  describe_columns<std::vector<Instant>, std::vector<double>>(field);
}

}  // namespace

void Timeseries::write(AnswerText& text) const {
  if (result == nullptr || format == nullptr) {
    text.value(Json());
    return;
  }
  BESS_ASSERT(format->in_answer);
  text.long_value([this](const TextSink& sink) { return format->write(*result, sink); });
}

Json Timeseries::schema(SchemaBook& book) const {
  return one_of_schema({typed_schema("null"), list_schema(schema_of(book, TimeseriesRow{})), schema_of(book, TimeseriesColumns{})});
}

const report::Summary& SimulationResponse::summary() const {
  static const report::Summary none;
  return answer == nullptr ? none : answer->summary;
}

std::optional<std::vector<report::YearSummary>> SimulationResponse::yearly_summaries() const {
  if (answer == nullptr || !answer->prepared->yearly_summary) return std::nullopt;
  return answer->summary.years;
}

std::optional<Comparison> SimulationResponse::comparison() const {
  if (answer == nullptr || !answer->without_battery) return std::nullopt;
  const PartOfSite& without = *answer->without_battery;
  const report::Financial& with = answer->summary.financial;
  return Comparison{.without_battery = without,
                    .battery_alone = answer->battery_alone,
                    .battery_adds = {.total_revenue_eur = with.revenue.lines.total_eur() - without.total_revenue_eur,
                                     .grid_cost_eur = with.grid_cost_eur - without.grid_cost_eur,
                                     .net_revenue_eur = with.net_revenue_eur - without.net_revenue_eur,
                                     .curtailed_mwh = answer->summary.operational.curtailed_mwh - without.curtailed_mwh}};
}

const std::vector<Issue>& SimulationResponse::warnings() const {
  static const std::vector<Issue> none;
  return answer == nullptr ? none : answer->warnings;
}

Timeseries SimulationResponse::timeseries() const {
  if (answer == nullptr || !answer->prepared->input.run.keep_series) return {};
  return {.result = &answer->result, .format = options.timeseries};
}

std::optional<std::string> SimulationResponse::heatmap_html() const {
  if (answer == nullptr || !options.heatmap) return std::nullopt;
  return heatmap_page(*answer);
}

}  // namespace bess::service
