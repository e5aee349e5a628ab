#include "service/data/exports.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "service/data/profiles.h"
#include "service/data/scenarios.h"
#include "support/shared_data.h"

namespace bess::service {
namespace {

template <class Row>
void check_rows(std::span<const Row> rows) {
  ASSERT_FALSE(rows.empty());
  std::set<std::string_view> names;
  for (const Row& row : rows) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.help.empty()) << row.name;
    EXPECT_NE(bare_media_type(row).find('/'), std::string_view::npos) << row.media_type;
    EXPECT_EQ(row.extension.substr(0, 1), ".") << row.name;
    EXPECT_NE(row.write, nullptr) << row.name;
    EXPECT_EQ(find_export(rows, row.name), &row);
  }
  EXPECT_EQ(find_export(rows, "none"), nullptr);
}

TEST(Exports, EveryRowIsWhole) {
  check_rows(table_exports());
  check_rows(archive_exports());
  check_rows(profile_exports());
  check_rows(series_exports());
}

TEST(Exports, AnOptionHoldsThePlaceOfARow) {
  ScenarioDataOptions options;
  const OptionSlots slots = slots_of(options);
  const auto format = std::find_if(slots.begin(), slots.end(), [](const OptionSlot& slot) { return slot.name == "format"; });
  ASSERT_NE(format, slots.end());
  const ChoiceSlot& slot = std::get<ChoiceSlot>(format->target);
  ASSERT_EQ(format->info.choices.size(), table_exports().size());
  EXPECT_EQ(slot.get(), 0);
  for (std::size_t i = 0; i < table_exports().size(); ++i) {
    EXPECT_EQ(format->info.choices[i].name, table_exports()[i].name);
    slot.set(static_cast<int>(i));
    EXPECT_EQ(&export_of(options.format), &table_exports()[i]);
  }
}

TEST(Exports, MediaTypesBesideJson) {
  EXPECT_EQ(media_types_beside_json(table_exports()), (std::vector<std::string_view>{"text/csv"}));
  EXPECT_EQ(media_types_beside_json(archive_exports()), (std::vector<std::string_view>{"application/zip"}));
}

// Two quarter-hours of a production profile, in both formats.
TEST(Exports, AProfileInEveryFormat) {
  ProductionSeries series;
  series.start = *parse_instant("2024-01-01T00:00:00Z");
  series.capacity_mw = 2;
  series.power_mw = {0.5, 1.25};
  EXPECT_EQ(find_export(profile_exports(), "csv")->write("x", series),
            "timestamp,output_mw\n2024-01-01T00:00:00Z,0.5\n2024-01-01T00:15:00Z,1.25\n");
  const Json json = *parse_json(find_export(profile_exports(), "json")->write("x", series));
  EXPECT_EQ(json.find("id")->as_string(), "x");
  EXPECT_EQ(json.find("start")->as_string(), "2024-01-01T00:00:00Z");
  EXPECT_EQ(json.find("power_mw")->items().size(), 2U);
}

TEST(Exports, ThePageHoldsTheRows) {
  std::ifstream in(test::source_dir() / "docs" / "formats.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  EXPECT_NE(page.find(exports_table()), std::string::npos) << "docs/formats.md must hold:\n" << exports_table();
}

}  // namespace
}  // namespace bess::service
