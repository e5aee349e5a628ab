// The time series of a run, as JSON and as the report's CSV file.

#include <fmt/format.h>

#include <iterator>
#include <ostream>
#include <streambuf>
#include <string>
#include <vector>

#include "report/timeseries.h"
#include "service/data/export_writers.h"
#include "service/text_parts.h"

namespace bess::service {

namespace {

void append_decimal(std::string& out, double value, int decimals) {
  char buffer[48];
  char* end = report::write_number(buffer, value, decimals);
  if (end == buffer) {
    out += "null";
  } else {
    out.append(buffer, end);
  }
}

/// A stream whose text goes into a sink; fails when the sink says stop.
class SinkBuffer : public std::streambuf {
 public:
  explicit SinkBuffer(const TextSink& sink) : sink_(sink) {}

 protected:
  std::streamsize xsputn(const char* text, std::streamsize count) override {
    return sink_({text, static_cast<std::size_t>(count)}) ? count : 0;
  }
  int_type overflow(int_type c) override {
    const char one = traits_type::to_char_type(c);
    return sink_({&one, 1}) ? c : traits_type::eof();
  }

 private:
  const TextSink& sink_;
};

}  // namespace

bool series_objects(const SimulationResult& result, const TextSink& sink) {
  Parts parts(sink);
  const std::vector<report::TimeseriesColumn> columns = report::timeseries_columns(result);
  parts.text() += '[';
  for (std::int32_t q = 0; q < result.quarters; ++q) {
    std::string& out = parts.text();
    fmt::format_to(std::back_inserter(out), "{}{{\"delivery_start\":\"{}\"", q == 0 ? "" : ",",
                   format_instant(report::delivery_start(result, q)));
    for (const report::TimeseriesColumn& column : columns) {
      out += ",\"";
      out += column.name;
      out += "\":";
      append_decimal(out, column.values[static_cast<std::size_t>(q)], column.decimals);
    }
    out += '}';
    if (!parts.flush()) return false;
  }
  parts.text() += ']';
  return parts.flush(true);
}

bool series_columns(const SimulationResult& result, const TextSink& sink) {
  Parts parts(sink);
  parts.text() += "{\"delivery_start\":[";
  for (std::int32_t q = 0; q < result.quarters; ++q) {
    fmt::format_to(std::back_inserter(parts.text()), "{}\"{}\"", q == 0 ? "" : ",", format_instant(report::delivery_start(result, q)));
    if (!parts.flush()) return false;
  }
  parts.text() += ']';
  for (const report::TimeseriesColumn& column : report::timeseries_columns(result)) {
    fmt::format_to(std::back_inserter(parts.text()), ",\"{}\":[", column.name);
    for (std::size_t q = 0; q < column.values.size(); ++q) {
      if (q > 0) parts.text() += ',';
      append_decimal(parts.text(), column.values[q], column.decimals);
      if (!parts.flush()) return false;
    }
    parts.text() += ']';
  }
  parts.text() += '}';
  return parts.flush(true);
}

bool series_csv(const SimulationResult& result, const TextSink& sink) {
  SinkBuffer buffer(sink);
  std::ostream out(&buffer);
  report::write_timeseries_csv(out, result);
  return out.good();
}

}  // namespace bess::service
