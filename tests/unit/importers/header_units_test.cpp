// Units and currencies: in headers, below them, in mappings, in columns of their own, and in the values.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "import_support.h"
#include "importers/profile_csv.h"
#include "importers/unit_text.h"
#include "importers/units.h"

namespace bess {
namespace {

using namespace test;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct HeaderCase {
  const char* header;
  const char* canonical;
  double factor;
};

TEST(HeaderUnits, AsPeopleWriteThem) {
  for (const HeaderCase& c : {HeaderCase{"Price (ct/kWh)", "EUR/MWh", 10.0},
                              {"Price [EUR/MWh]", "EUR/MWh", 1.0},
                              {"Preis €/MWh", "EUR/MWh", 1.0},
                              {"Preis EUR / MWh", "EUR/MWh", 1.0},
                              {"Preis [€ / MWh] (vorläufig)", "EUR/MWh", 1.0},
                              {"Price in EUR per kWh", "EUR/MWh", 1000.0},
                              {"Prijs (euro/kWh)", "EUR/MWh", 1000.0},
                              {"Preis (EUR/MWh, EUR/tCO2)", "EUR/MWh", 1.0},
                              {"price_eur_per_mwh", "EUR/MWh", 1.0},
                              {"price_ct_per_kwh", "EUR/MWh", 10.0},
                              {"Spotmarktpreis in Cent je kWh", "EUR/MWh", 10.0},
                              {"PRICE_[(EUR/MW)/h]", "EUR/MW/h", 1.0},
                              {"Capacity price EUR/MW/h", "EUR/MW/h", 1.0},
                              {"Capacity price €/kW/h", "EUR/MW/h", 1000.0},
                              {"Solar (kW)", "MW", 0.001},
                              {"Solar [GW]", "MW", 1000.0},
                              {"power_kw", "MW", 0.001},
                              {"Photovoltaik MW", "MW", 1.0}}) {
    const auto unit = unit_in_header(c.header, dimension_of(c.canonical));
    ASSERT_TRUE(unit) << c.header;
    const auto conversion = find_conversion(*unit, c.canonical);
    ASSERT_TRUE(conversion) << c.header;
    EXPECT_NEAR(conversion->factor, c.factor, 1e-12 * c.factor) << c.header;
    EXPECT_FALSE(conversion->per_block || conversion->per_day || conversion->per_period || conversion->period_unstated) << c.header;
  }
  for (const char* header : {"PRICE EUR/MW per block", "Price [EUR/MW/4h]", "nl_price_eur_per_mw_per_block", "Price €/MW/Block"})
    EXPECT_TRUE(find_conversion(*unit_in_header(header, Dimension::reserve_price), "EUR/MW/h")->per_block) << header;
  EXPECT_TRUE(find_conversion(*unit_in_header("PRICE_[EUR/MW]", Dimension::reserve_price), "EUR/MW/h")->period_unstated);
  EXPECT_TRUE(find_conversion(*unit_in_header("Price (EUR/MW/day)", Dimension::reserve_price), "EUR/MW/h")->per_day);
  EXPECT_TRUE(find_conversion(*unit_in_header("Output (kWh)", Dimension::power), "MW")->per_period);
  for (const char* none : {"day_ahead", "Day Ahead Auction (DE-LU)", "MTU (CET/CEST)", "price", "BZN|NL", "forecast (1)", "", "solar [1]"})
    EXPECT_FALSE(unit_in_header(none, Dimension::energy_price)) << none;
}

std::vector<double> day_ahead(const Expected<ImportResult>& result) { return result.value().tables.at(0).columns.at(0).values; }

Expected<ImportResult> with_header(const std::string& header, const char* canonical = "day_ahead", const char* unit = nullptr,
                                   int step = 60) {
  ImportOptions options;
  options.every_file.columns = {{canonical, header}};
  if (unit != nullptr) options.every_file.units = {{canonical, unit}};
  return import_text("timestamp,\"" + header + "\"\n" + rows("2023-12-31T23:00Z", step, 30, 5), options);
}

TEST(HeaderUnits, AreConvertedOrRefused) {
  EXPECT_EQ(day_ahead(with_header("p (ct/kWh)"))[0], 50.0);
  EXPECT_EQ(day_ahead(with_header("p (€/kWh)"))[0], 5000.0);
  EXPECT_EQ(day_ahead(with_header("solar (kWh)", "solar_mw", nullptr, 15))[0], 0.02);
  for (const char* header : {"p [MW]", "p (EUR/tCO2)", "p [GBP/MWh]", "p (PLN/MWh)", "p [DKK / MWh]", "p SEK/MWh", "p [CHF/MWh]", "p £/MWh",
                             "p [kr/MWh]", "p [XYZ/MWh]", "p (°C)", "p [EUR/MW]", "p [öre/kWh]", "p (Currency/MWh)"}) {
    const auto refused = with_header(header);
    EXPECT_THAT(error_codes(refused), ElementsAre("unit_conflict")) << header;
    EXPECT_EQ(refused.issues().errors()[0].column, header);
  }
  EXPECT_THAT(with_header("p [GBP/MWh]").issues().errors()[0].message, HasSubstr("prices in GBP"));
  EXPECT_THAT(error_codes(with_header("f [EUR/MWh]", "fcr_price")), ElementsAre("unit_conflict"));
  EXPECT_THAT(error_codes(with_header("s [EUR/MWh]", "solar_mw")), ElementsAre("unit_conflict"));
}

TEST(HeaderUnits, CanonicalNamesMayCarryAUnit) {
  const auto result = import_text("timestamp (UTC);Day Ahead [ct/kWh];imbalance_take\n2024-01-01 00:00;5,5;1\n2024-01-01 01:00;6,5;2\n");
  ASSERT_TRUE(result) << result.issues().all()[0].message;
  EXPECT_THAT(day_ahead(result), ElementsAre(55.0, 65.0));
}

TEST(HeaderUnits, AStatedUnitWinsAndSaysSo) {
  const auto stated = with_header("p [EUR/MWh]", "day_ahead", "ct/kWh");
  EXPECT_EQ(day_ahead(stated)[0], 50.0);
  EXPECT_THAT(warning_codes(stated), ElementsAre("unit_overridden"));
  EXPECT_THAT(warning_codes(with_header("p [ct/kWh]", "day_ahead", "ct/kWh")), IsEmpty());
  EXPECT_THAT(warning_codes(with_header("p", "day_ahead", "€/MWh")), IsEmpty());
  const auto converted = with_header("p [GBP/MWh]", "day_ahead", "GBP/MWh*1.2");
  EXPECT_NEAR(day_ahead(converted)[0], 6.0, 1e-12);
  EXPECT_THAT(warning_codes(converted), ElementsAre("currency_converted"));
  EXPECT_THAT(converted->warnings.all()[0].message, HasSubstr("1.2 EUR for one GBP"));
  EXPECT_THAT(error_codes(with_header("p", "day_ahead", "GBP/MWh")), ElementsAre("unit_conflict"));
  for (const char* bad : {"GBP/MWh*0", "GBP/MWh*-1", "GBP/MWh*x", "EUR/MWh*1.1", "MW*2", "EUR", ""})
    EXPECT_THAT(error_codes(with_header("p", "day_ahead", bad)), Contains(testing::AnyOf("wrong_type", "unit_conflict"))) << bad;
}

TEST(HeaderUnits, ALineOfUnitsBelowTheHeader) {
  ImportOptions options;
  options.every_file.columns = {{"day_ahead", "Price"}, {"timestamp", "Time (UTC)"}};
  const auto result = import_text("Time (UTC),Price\n,ct/kWh\n2024-01-01 00:00,5\n2024-01-01 01:00,6\n", options);
  ASSERT_TRUE(result) << result.issues().all()[0].message;
  EXPECT_THAT(day_ahead(result), ElementsAre(50.0, 60.0));
}

TEST(HeaderUnits, AReservePriceWithoutATimeIsAskedForInHours) {
  const auto hourly = with_header("f [EUR/MW]", "fcr_price");
  EXPECT_THAT(error_codes(hourly), ElementsAre("unit_conflict"));
  EXPECT_THAT(hourly.issues().errors()[0].message, HasSubstr("EUR/MW/block"));
  EXPECT_EQ(day_ahead(with_header("f [EUR/MW]", "fcr_price", "EUR/MW/h"))[0], 5.0);
  const auto blocks = with_header("f [EUR/MW]", "fcr_price", nullptr, 240);
  ASSERT_TRUE(blocks) << blocks.issues().all()[0].message;
  EXPECT_EQ(day_ahead(blocks)[0], 1.25);
  EXPECT_THAT(warning_codes(blocks), ElementsAre("assumed"));
  const auto days = with_header("f [EUR/MW]", "fcr_price", nullptr, 1440);
  ASSERT_TRUE(days) << days.issues().all()[0].message;
  EXPECT_EQ(day_ahead(days)[0], 5.0 / 24.0);
}

TEST(HeaderUnits, ACurrencyColumn) {
  const auto with = [](const char* codes, const char* unit = nullptr) {
    ImportOptions options;
    if (unit != nullptr) options.every_file.units = {{"day_ahead", unit}};
    std::string text = "timestamp,day_ahead,Currency\n";
    for (int i = 0; codes[i] != '\0'; ++i)
      text += format_instant(at("2024-01-01T00:00Z") + std::chrono::hours{i}) + (codes[i] == 'e'   ? ",5,EUR\n"
                                                                                 : codes[i] == 'p' ? ",5,PLN\n"
                                                                                                   : ",,PLN\n");
    return import_text(text, options);
  };
  EXPECT_TRUE(with("eeee"));
  EXPECT_THAT(warning_codes(with("eeee")), IsEmpty());
  EXPECT_TRUE(with("eene"));
  EXPECT_THAT(error_codes(with("eepe")), ElementsAre("unit_conflict"));
  EXPECT_EQ(with("eepe").issues().errors()[0].row, 4U);
  const auto converted = with("pppp", "PLN/MWh*0.25");
  ASSERT_TRUE(converted) << converted.issues().all()[0].message;
  EXPECT_EQ(day_ahead(converted)[0], 1.25);
  EXPECT_THAT(error_codes(with("ppep", "PLN/MWh*0.25")), ElementsAre("unit_conflict"));
  const auto stated = with("pppp", "EUR/MWh");
  ASSERT_TRUE(stated) << stated.issues().all()[0].message;
  EXPECT_THAT(warning_codes(stated), ElementsAre("unit_overridden"));
}

TEST(HeaderUnits, AColumnOfUnits) {
  const auto with = [](const char* second) {
    return import_text(std::string("timestamp,day_ahead,Unit\n2024-01-01T00:00Z,5,ct/kWh\n2024-01-01T01:00Z,6,") + second + "\n");
  };
  EXPECT_THAT(day_ahead(with("ct/kWh")), ElementsAre(50.0, 60.0));
  const auto mixed = with("EUR/MWh");
  EXPECT_THAT(error_codes(mixed), ElementsAre("unit_conflict"));
  EXPECT_THAT(mixed.issues().errors()[0].message, HasSubstr("ct/kWh and EUR/MWh"));
}

std::string series(const char* header, double value, int step = 60) {
  std::string text = std::string("timestamp,") + header + "\n";
  for (int i = 0; i < 48; ++i)
    text += fmt::format("{},{}\n", format_instant(at("2023-12-31T23:00Z") + std::chrono::minutes{i * step}), value * (1.0 + 0.01 * i));
  return text;
}

TEST(Plausibility, ValuesBetrayTheirUnit) {
  EXPECT_THAT(warning_codes(import_text(series("day_ahead", 0.08))), ElementsAre("unit_suspicious"));
  EXPECT_THAT(warning_codes(import_text(series("imbalance_take", 0.08))), ElementsAre("unit_suspicious"));
  EXPECT_THAT(warning_codes(import_text(series("day_ahead [EUR/MWh]", 0.08))), IsEmpty());
  EXPECT_THAT(warning_codes(import_text(series("day_ahead", 80.0))), IsEmpty());
  EXPECT_THAT(warning_codes(import_text(series("fcr_price", 90.0, 240))), ElementsAre("unit_suspicious"));
  EXPECT_THAT(warning_codes(import_text(series("fcr_price", 15.0, 240))), IsEmpty());
  EXPECT_THAT(warning_codes(import_text(series("solar_mw", 8e6))), ElementsAre("unit_suspicious"));
  const std::string park = series("output_mw", 8000.0);
  EXPECT_THAT(codes(import_profile({"p.csv", park}).value().warnings.all()), ElementsAre("unit_suspicious", "assumed"));
}

TEST(Profiles, AUnitInTheHeaderCounts) {
  ProfileCsvOptions options{.capacity_mw = 10.0};
  options.mapping.columns = {{"output_mw", "Energy (kWh)"}};
  const auto result = import_profile({"p.csv", "timestamp,Energy (kWh)\n2024-01-01T00:00Z,500\n2024-01-01T00:30Z,1000\n"}, options);
  ASSERT_TRUE(result) << result.issues().all()[0].message;
  EXPECT_THAT(result->production.power_mw, ElementsAre(1, 1, 2, 2));
  const auto bare =
      import_profile({"p.csv", "timestamp,output_mw (kW)\n2024-01-01T00:00Z,500\n2024-01-01T00:30Z,1000\n"}, {.capacity_mw = 10.0});
  ASSERT_TRUE(bare) << bare.issues().all()[0].message;
  EXPECT_THAT(bare->production.power_mw, ElementsAre(0.5, 0.5, 1, 1));
}

TEST(Columns, KnownButNotComputedWith) {
  const auto result =
      import_text("timestamp,afrr_up_price,afrr_up_energy_price,afrr_up_ratio\n2024-01-01T00:00Z,1,2,0.5\n2024-01-01T01:00Z,1,2,0.5\n");
  ASSERT_TRUE(result);
  EXPECT_THAT(warning_codes(result), ElementsAre("unused_column", "unused_column"));
  EXPECT_EQ(result->warnings.all()[0].column, "afrr_up_energy_price");
}

}  // namespace
}  // namespace bess
