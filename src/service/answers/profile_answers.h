#pragma once
// Answers about production profiles, described once (base/answer.h).

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/answer.h"
#include "generation/production.h"
#include "service/answers/answer_json.h"
#include "service/answers/answer_schema.h"
#include "service/answers/scenario_answers.h"
#include "store/profile_manager.h"

namespace bess::service {

/// What a profile was generated from, as it was sent; null of an imported one.
struct ProfileConfiguration {
  std::string_view stored{};
};
void emit(AnswerSink& sink, ProfileConfiguration config);
[[nodiscard]] Json schema_of(SchemaBook& book, ProfileConfiguration config);

inline constexpr std::array<std::string_view, 2> profile_type_names{"pv", "wind"};
inline constexpr std::array<std::string_view, 2> profile_source_names{"generated", "imported"};

}  // namespace bess::service

namespace bess {

constexpr AnswerRecord answer_record(const Profile& /*record*/) { return {"Profile", "Production of a solar park or wind farm"}; }
template <class Visitor>
void describe(const Profile& p, Visitor&& field) {
  field("id", Uuid{p.id}, "", "given when it was made");
  field("name", p.name, "", "what people call it");
  field("profile_type", OneOf{to_string(p.type), service::profile_type_names}, "", "kind of generation");
  field("source_type", OneOf{to_string(p.source), service::profile_source_names}, "", "where it comes from");
  field("latitude", p.latitude, "°", "north positive");
  field("longitude", p.longitude, "°", "east positive");
  field("capacity_mw", p.capacity_mw, "MW", "of the park");
  field("config", service::ProfileConfiguration{p.config}, "", "what it was generated from");
  field("preload", p.preload, "", "loaded into the cache when the server starts");
  field("data_revision", p.data_revision, "", "changes when its series is replaced");
}

constexpr AnswerRecord answer_record(const MonthlyStatistic& /*record*/) { return {"ProfileMonth", "A local calendar month"}; }
template <class Visitor>
void describe(const MonthlyStatistic& m, Visitor&& field) {
  field("month", std::chrono::year(m.year) / std::chrono::month(m.month), "", "local calendar month");
  field("energy_mwh", m.energy_mwh, "MWh", "generated");
  field("capacity_factor", m.capacity_factor, "1", "of the quarter-hours present");
  field("full_load_hours", m.full_load_hours, "h", "energy over capacity");
  field("quarters", m.quarters, "1", "quarter-hours of it that the series covers");
}

}  // namespace bess

namespace bess::service {

struct ProfileList {
  std::vector<Profile> profiles;
};
constexpr AnswerRecord answer_record(const ProfileList& /*record*/) { return {"ProfileList", "All profiles"}; }
template <class Visitor>
void describe(const ProfileList& l, Visitor&& field) {
  field("profiles", l.profiles, "", "by id");
}

constexpr AnswerRecord answer_record(const WithWarnings<Profile>& /*record*/) {
  return {"ChangedProfile", "A profile as the request changed it"};
}

struct ProfileDetail {
  Profile profile;
  Instant from{};
  std::int64_t quarters{0};
};
constexpr AnswerRecord answer_record(const ProfileDetail& /*record*/) {
  return {"ProfileDetail", "A profile and the extent of its series"};
}
template <class Visitor>
void describe(const ProfileDetail& d, Visitor&& field) {
  describe(d.profile, field);
  field("from", d.from, "", "start of its series");
  field("quarters", d.quarters, "1", "quarter-hours of it");
}
constexpr AnswerRecord answer_record(const WithWarnings<ProfileDetail>& /*record*/) {
  return {"GeneratedProfile", "A profile as it was generated"};
}

struct ImportedProfileAnswer {
  ProfileDetail detail;
  std::int64_t interpolated{0}, borrowed{0};
  FileReading file;
};
template <class Visitor>
void describe(const ImportedProfileAnswer& a, Visitor&& field) {
  describe(a.detail, field);
  field("interpolated", a.interpolated, "1", "quarter-hours filled from the neighbours");
  field("borrowed", a.borrowed, "1", "quarter-hours filled from another day");
  field("file", a.file, "", "how it was understood");
}
constexpr AnswerRecord answer_record(const WithWarnings<ImportedProfileAnswer>& /*record*/) {
  return {"ImportedProfile", "A profile as it was imported"};
}

struct ProfileData {
  std::string id;
  std::optional<Instant> start;
  double capacity_mw{0};
  NumbersOrNull power_mw;
};
constexpr AnswerRecord answer_record(const ProfileData& /*record*/) { return {"ProfileData", "The quarter-hour series"}; }
template <class Visitor>
void describe(const ProfileData& d, Visitor&& field) {
  constexpr std::int64_t step_s = 900;
  field("id", Uuid{d.id}, "", "of the profile");
  field("start", d.start, "", "null where the range holds no quarter-hour");
  field("step_s", step_s, "s", "between values");
  field("capacity_mw", d.capacity_mw, "MW", "of the park");
  field("power_mw", d.power_mw, "MW", "mean of each quarter-hour");
}

struct ProfileStatistics {
  std::string id;
  ProductionTotals totals;
  std::vector<MonthlyStatistic> months;
};
constexpr AnswerRecord answer_record(const ProfileStatistics& /*record*/) { return {"ProfileStatistics", "What a profile generates"}; }
template <class Visitor>
void describe(const ProfileStatistics& s, Visitor&& field) {
  field("id", Uuid{s.id}, "", "of the profile");
  field("energy_mwh", s.totals.energy_mwh, "MWh", "over the whole series");
  field("capacity_factor", s.totals.capacity_factor, "1", "mean power over capacity");
  field("full_load_hours_per_year", s.totals.full_load_hours_per_year, "h/year", "8766 h times the capacity factor");
  field("months", s.months, "", "local calendar months");
}

}  // namespace bess::service
