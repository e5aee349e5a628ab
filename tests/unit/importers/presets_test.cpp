// Usual exports, written here from their descriptions and read back: what was written comes back at every instant, over days on which the
// clock changes, in the languages, dialects and resolutions that occur.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>

#include "import_support.h"
#include "importers/preset_list.h"
#include "importers/profile_csv.h"

namespace bess {
namespace {

using namespace test;
using std::chrono::minutes;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A price that tells its instant, with two decimals.
double price(Instant t, double shift = 0.0) {
  const auto quarter = t.time_since_epoch() / minutes{15};
  return static_cast<double>((quarter * 37) % 20011 - 3000) / 100.0 + shift;
}

/// What a wall clock shows, by the zone's published rule for the clock changes of 2024 and 2025, not by the program's calendar.
struct Clock {
  int year, month, day, hour, minute;
  bool summer;
};
Clock central_clock(Instant t) {
  const bool summer =
      (t >= at("2024-03-31T01:00Z") && t < at("2024-10-27T01:00Z")) || (t >= at("2025-03-30T01:00Z") && t < at("2025-10-26T01:00Z"));
  const Instant local = t + std::chrono::hours{summer ? 2 : 1};
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date{day};
  const int minute = static_cast<int>((local - day) / minutes{1});
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          minute / 60,
          minute % 60,
          summer};
}
using Stamp = std::function<std::string(const Clock&)>;
std::string dotted(const Clock& c) { return fmt::format("{:02}.{:02}.{} {:02}:{:02}", c.day, c.month, c.year, c.hour, c.minute); }
std::string slashed(const Clock& c) { return fmt::format("{:02}/{:02}/{} {:02}:{:02}:00", c.day, c.month, c.year, c.hour, c.minute); }
std::string smard_english(const Clock& c) {
  static const char* names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{} {}, {} {}:{:02} {}", names[c.month - 1], c.day, c.year, c.hour % 12 == 0 ? 12 : c.hour % 12, c.minute,
                     c.hour < 12 ? "AM" : "PM");
}
std::string comma(double v) {
  std::string text = fmt::format("{:.2f}", v);
  text[text.find('.')] = ',';
  return text;
}

struct Span {
  const char* from;
  const char* to;
  int step;
};
/// Local days around both clock changes, and the change to quarter-hours.
const Span spring{"2024-03-29T23:00Z", "2024-04-01T22:00Z", 60};
const Span autumn{"2024-10-25T22:00Z", "2024-10-28T23:00Z", 60};
const Span quarters{"2025-10-24T22:00Z", "2025-10-27T23:00Z", 15};
std::vector<Instant> instants(const Span& span) {
  std::vector<Instant> list;
  for (Instant t = at(span.from); t < at(span.to); t += minutes{span.step}) list.push_back(t);
  return list;
}

ImportOptions of_country(const char* country) {
  ImportOptions options;
  options.country = country;
  return options;
}

std::string problems(const Expected<ImportResult>& result) {
  std::string text;
  for (const Issue& i : (result ? result->warnings : result.issues()).all()) text += i.code + ": " + i.message + "\n";
  return text;
}

void expect_series(const Expected<ImportResult>& result, const char* preset, const char* column, const std::vector<Instant>& times,
                   double shift = 0.0) {
  ASSERT_TRUE(result) << problems(result);
  EXPECT_EQ(result->files[0].preset, preset);
  for (const MarketTable& table : result->tables) {
    const TableColumn* found = table.find(column);
    if (found == nullptr) continue;
    ASSERT_EQ(table.delivery_start, times);
    for (std::size_t i = 0; i < times.size(); ++i) ASSERT_NEAR(found->values[i], price(times[i], shift), 1e-9) << format_instant(times[i]);
    return;
  }
  FAIL() << "no column " << column;
}

TEST(Presets, EntsoeOld) {
  for (const Span& span : {spring, autumn, quarters}) {
    const auto times = instants(span);
    std::string text = "\xEF\xBB\xBF\"MTU (CET/CEST)\",\"Day-ahead Price [EUR/MWh]\",\"Currency\",\"BZN|DE-LU\"\r\n";
    for (const Instant t : times) {
      const std::string row = fmt::format("\"{} - {}\",\"{:.2f}\",\"EUR\",\"\"\r\n", dotted(central_clock(t)),
                                          dotted(central_clock(t + minutes{span.step})), price(t));
      text += row;
      if (t == at("2024-03-31T00:00Z")) text += "\"31.03.2024 02:00 - 31.03.2024 03:00\",\"n/e\",\"EUR\",\"\"\r\n";
    }
    const auto result = import_text(text, of_country("DE"));
    expect_series(result, "entsoe_old", "day_ahead", times);
    EXPECT_TRUE(result->warnings.empty()) << problems(result);
  }
  const std::string foreign =
      "\"MTU (UTC)\",\"Day-ahead Price [PLN/MWh]\",\"Currency\",\"BZN|PL\"\n\"01.01.2024 00:00 - 01.01.2024 01:00\",\"300\",\"PLN\",\"\"\n";
  EXPECT_THAT(error_codes(import_text(foreign, of_country("PL"))), ElementsAre("unit_conflict"));
}

TEST(Presets, NamesWithUnits) {
  for (const Span& span : {spring, quarters}) {
    const auto times = instants(span);
    std::string prices = "timestamp_utc,day_ahead_price_eur_per_mwh,fill_flag\n", cents = "Timestamp (UTC);Day Ahead Price ct per kWh\n";
    std::string imbalance = "timestamp_utc,imbalance_price_long_eur_per_mwh,imbalance_price_short_eur_per_mwh\n";
    for (const Instant t : times) {
      prices += fmt::format("{},{:.2f},0\n", format_instant(t), price(t));
      cents += fmt::format("{};{:.3f}\n", format_instant(t), price(t) / 10.0);
      imbalance += fmt::format("{},{:.2f},{:.2f}\n", format_instant(t), price(t), price(t, 30));
    }
    expect_series(import_text(prices, of_country("NL")), "unit_names", "day_ahead", times);
    expect_series(import_text(cents, of_country("DE")), "unit_names", "day_ahead", times);
    expect_series(import_text(imbalance, of_country("NL")), "unit_names", "imbalance_feed", times);
    expect_series(import_text(imbalance, of_country("NL")), "unit_names", "imbalance_take", times, 30);
  }
  const auto blocks = import_text(
      "block_start_utc,block_end_utc,fcr_price_eur_per_mw_per_block\n2024-01-01T23:00Z,2024-01-02T03:00Z,48\n"
      "2024-01-02T03:00Z,2024-01-02T07:00Z,60\n",
      of_country("DE"));
  ASSERT_TRUE(blocks) << problems(blocks);
  EXPECT_DOUBLE_EQ(blocks->tables[0].find("fcr_price")->values[0], 12.0);  // per hour
}

TEST(Presets, EntsoeWithAreasAndSequences) {
  for (const char* order : {"12", "21"}) {
    const auto times = instants(quarters);
    std::string text =
        "\"MTU (CET/CEST)\",\"Area\",\"Sequence\",\"Day-ahead Price (EUR/MWh)\",\"Intraday Period (CET/CEST)\",\"Intraday Price "
        "(EUR/MWh)\"\n";
    const auto row = [&](Instant t, const char* area, const char* sequence, const std::string& value) {
      const Clock a = central_clock(t), b = central_clock(t + minutes{15});
      const auto named = [](const Clock& c) {
        const bool twice = c.day == 26 && c.month == 10 && c.hour == 2;
        return slashed(c) + (twice ? c.summer ? " (CEST)" : " (CET)" : "");
      };
      text += fmt::format("\"{} - {}\",\"{}\",\"{}\",\"{}\",\"\",\"\"\n", named(a), named(b), area, sequence, value);
    };
    for (const Instant t : times) {
      row(t, "BZN|NL", "Without Sequence", fmt::format("{:.2f}", price(t, 500.0)));
      for (const char* s = order; *s != '\0'; ++s)
        row(t, "BZN|DE-LU", *s == '1' ? "Sequence 1" : "Sequence 2", fmt::format("{:.2f}", price(t, *s == '1' ? 0.0 : 1000.0)));
    }
    expect_series(import_text(text, of_country("DE-LU")), "entsoe", "day_ahead", times);
    expect_series(import_text(text, of_country("NL")), "entsoe", "day_ahead", times, 500.0);
    const auto unclear = import_text(text, of_country("FR"));
    EXPECT_THAT(error_codes(unclear), ElementsAre("missing_column"));
    EXPECT_THAT(unclear.issues().errors()[0].message, HasSubstr("BZN|NL, BZN|DE-LU"));
    ImportOptions chosen = of_country("FR");
    chosen.every_file.where = {{"Area", {"BZN|NL"}}};
    expect_series(import_text(text, chosen), "entsoe", "day_ahead", times, 500.0);
  }
}

TEST(Presets, SequenceTwoAloneIsNotTheCoupledPrice) {
  std::string text = "\"MTU (CET/CEST)\",\"Area\",\"Sequence\",\"Day-ahead Price (EUR/MWh)\"\n";
  for (int h = 0; h < 9; ++h)
    text += fmt::format("\"01/10/2025 0{}:00:00 - 01/10/2025 0{}:00:00\",\"BZN|DE-LU\",\"Sequence 2\",\"1.5\"\n", h, h + 1);
  const auto result = import_text(text, of_country("DE"));
  EXPECT_THAT(error_codes(result), ElementsAre("missing_column"));
  EXPECT_THAT(result.issues().errors()[0].message, HasSubstr("Sequence 2"));
}

TEST(Presets, EntsoeFileLibrary) {
  std::string text =
      "DateTime(UTC)\tResolutionCode\tAreaCode\tAreaDisplayName\tAreaTypeCode\tMapCode\tContractType\tPrice[Currency/"
      "MWh]\tCurrency\tUpdateTime(UTC)\n";
  const auto times = instants(autumn);
  for (const Instant t : times) {
    std::string stamp = format_instant(t).substr(0, 19) + ".000";
    stamp[10] = ' ';
    for (const auto& [area, shift] : {std::pair{"PL", 900.0}, std::pair{"NL", 0.0}, std::pair{"DE_LU", 50.0}})
      text += fmt::format("{}\tPT60M\tX\t{}\tBZN\t{}\tDay-ahead\t{:.2f}\t{}\t2024-01-01 00:00:00\n", stamp, area, area, price(t, shift),
                          std::string(area) == "PL" ? "PLN" : "EUR");
  }
  expect_series(import_text(text, of_country("NL")), "entsoe_library", "day_ahead", times);
  expect_series(import_text(text, of_country("DE")), "entsoe_library", "day_ahead", times, 50.0);
  EXPECT_THAT(error_codes(import_text(text, of_country("PL"))), ElementsAre("unit_conflict"));
}

TEST(Presets, EnergyCharts) {
  const auto stamped = [](Instant t) {
    const Clock c = central_clock(t);
    return fmt::format("{}-{:02}-{:02}T{:02}:{:02}+0{}:00", c.year, c.month, c.day, c.hour, c.minute, c.summer ? 2 : 1);
  };
  struct Variant {
    const char* header;
    const char* units;
    char separator;
  };
  for (const Variant& v : {Variant{"\"Datum (GMT+1)\",\"Day Ahead Auktion (DE-LU)\",\"Day Ahead Auktion (NL)\",\"Intraday kontinuierlich\"",
                                   ",\"Preis (EUR/MWh, EUR/tCO2)\",\"Preis (EUR/MWh, EUR/tCO2)\",\"Preis (EUR/MWh, EUR/tCO2)\"\n", ','},
                           Variant{"\"Date (GMT+1)\",\"Day Ahead Auction (DE-LU) Price (EUR/MWh)\",\"Day Ahead Auction (NL) Price "
                                   "(EUR/MWh)\",\"Intraday Continuous\"",
                                   "", ','},
                           Variant{";Day Ahead Auktion (DE-LU);Day Ahead Auktion (NL);Intraday kontinuierlich",
                                   ";Preis (EUR/MWh, EUR/tCO2);Preis (EUR/MWh, EUR/tCO2);Preis (EUR/MWh, EUR/tCO2)\n", ';'}}) {
    const auto times = instants(quarters);
    std::string text = std::string(v.header) + "\n" + v.units;
    for (const Instant t : times) {
      const auto number = [&](double shift) {
        return v.separator == ';' ? comma(price(t, shift)) : fmt::format("{:.2f}", price(t, shift));
      };
      text += fmt::format("{}{}{}{}{}{}{}\n", stamped(t), v.separator, number(0), v.separator, number(70), v.separator, number(90));
    }
    expect_series(import_text(text, of_country("DE")), "energy_charts", "day_ahead", times);
    expect_series(import_text(text, of_country("NL")), "energy_charts", "day_ahead", times, 70.0);
    expect_series(import_text(text, of_country("NL")), "energy_charts", "intraday", times, 90.0);
  }
}

TEST(Presets, SmardGermanAndEnglish) {
  for (const Span& span : {spring, autumn, quarters}) {
    const auto times = instants(span);
    std::string german =
        "\xEF\xBB\xBF"
        "Datum von;Datum bis;Deutschland/Luxemburg [€/MWh] Originalauflösungen;∅ Anrainer DE/LU [€/MWh] Originalauflösungen;"
        "Niederlande [€/MWh] Originalauflösungen;Deutschland/Österreich/Luxemburg [€/MWh] Originalauflösungen\n";
    std::string english = "Start date;End date;Germany/Luxembourg [€/MWh] Original resolutions;Netherlands [€/MWh] Original resolutions\n";
    std::string times_apart = "Datum;Anfang;Ende;Deutschland/Luxemburg [€/MWh];Niederlande [€/MWh]\n";
    for (const Instant t : times) {
      const Clock a = central_clock(t), b = central_clock(t + minutes{span.step});
      german += fmt::format("{};{};{};{};{};-\n", dotted(a), dotted(b), comma(price(t)), comma(1.5), comma(price(t, 30)));
      english += fmt::format("{};{};{:.2f};{:.2f}\n", smard_english(a), smard_english(b), price(t), price(t, 30));
      times_apart += fmt::format("{};{:02}:{:02};{:02}:{:02};{};{}\n", dotted(a).substr(0, 10), a.hour, a.minute, b.hour, b.minute,
                                 comma(price(t)), comma(price(t, 30)));
    }
    for (const auto& [text, preset] : {std::pair{german, "smard"}, std::pair{english, "smard"}, std::pair{times_apart, "smard_times"}}) {
      expect_series(import_text(text, of_country("DE")), preset, "day_ahead", times);
      expect_series(import_text(text, of_country("NL")), preset, "day_ahead", times, 30.0);
    }
  }
}

TEST(Presets, SmardGenerationIsEnergyPerRow) {
  std::string text = "Datum von;Datum bis;Biomasse [MWh] Originalauflösungen;Photovoltaik [MWh] Originalauflösungen\n";
  for (int h = 10; h < 20; ++h)
    text += fmt::format(
        "01.06.2024 {}:00;01.06.2024 {}:15;4.000;{}.250,5\n01.06.2024 {}:15;01.06.2024 {}:30;4.000;1.000\n"
        "01.06.2024 {}:30;01.06.2024 {}:45;4.000;1.000\n01.06.2024 {}:45;01.06.2024 {}:00;4.000;1.000\n",
        h, h, h - 9, h, h, h, h, h, h + 1);
  const auto result = import_text(text, of_country("DE"));
  ASSERT_TRUE(result) << problems(result);
  EXPECT_EQ(result->tables[0].kind, TableKind::solar);
  EXPECT_NEAR(result->tables[0].columns[0].values[0], 4 * 1250.5, 1e-9);
  EXPECT_NEAR(result->tables[0].columns[0].values[1], 4000.0, 1e-9);
}

TEST(Presets, Netztransparenz) {
  const auto times = instants(autumn);
  std::string text = "Datum;von;Zeitzone von;bis;Zeitzone bis;Spotmarktpreis in ct/kWh\n";
  for (const Instant t : times) {
    const Clock a = central_clock(t), b = central_clock(t + minutes{60});
    std::string number = fmt::format("{:.3f}", price(t) / 10.0);
    number[number.find('.')] = ',';
    text += fmt::format("{};{:02}:00;{};{:02}:00;{};{}\n", dotted(a).substr(0, 10), a.hour, a.summer ? "CEST" : "CET", b.hour,
                        b.summer ? "CEST" : "CET", number);
  }
  expect_series(import_text(text, of_country("DE")), "netztransparenz", "day_ahead", times);
}

TEST(Presets, TennetCountsQuartersOfTheDay) {
  for (const Span& span : {Span{"2024-03-29T23:00Z", "2024-04-01T22:00Z", 15}, Span{"2024-10-25T22:00Z", "2024-10-28T23:00Z", 15}}) {
    const auto times = instants(span);
    std::string fresh =
        "Timeinterval Start Loc,Timeinterval End Loc,Isp,Incident Reserve Up,Price Dispatch Up,Price Shortage,Price Surplus,Regulation "
        "State\n";
    std::string old = "\"datum\",\"PTE\",\"periode_van\",\"periode_tm\",\"opregelen\",\"Afnemen\",\"invoeden\",\"Regeltoestand\"\n";
    std::map<int, int> counted;
    for (const Instant t : times) {
      const Clock c = central_clock(t), b = central_clock(t + minutes{15});
      const int isp = ++counted[c.month * 100 + c.day];
      const auto iso = [](const Clock& k) { return fmt::format("{}-{:02}-{:02}T{:02}:{:02}", k.year, k.month, k.day, k.hour, k.minute); };
      fresh += fmt::format("{},{},{},0,,{:.2f},{:.2f},1\n", iso(c), iso(b), isp, price(t), price(t, -5));
      old += fmt::format("\"{:02}-{:02}-{}\",\"{}\",\"{:02}:{:02}\",\"{:02}:{:02}\",\"\",\"{}\",\"{}\",\"2\"\n", c.day, c.month, c.year,
                         isp, c.hour, c.minute, b.hour, b.minute, comma(price(t)), comma(price(t, -5)));
    }
    for (const auto& [text, preset] : {std::pair{fresh, "tennet"}, std::pair{old, "tennet_old"}}) {
      const auto result = import_text(text);
      expect_series(result, preset, "imbalance_take", times);
      expect_series(result, preset, "imbalance_feed", times, -5.0);
      EXPECT_THAT(warning_codes(result), ElementsAre("unused_column"));  // the regulation state
    }
  }
  const auto beyond = import_text("Timeinterval Start Loc,Isp,Shortage,Surplus\n2024-03-31T00:00,93,1,1\n2024-03-31T00:15,1,1,1\n");
  EXPECT_THAT(error_codes(beyond), Contains("dst_count"));
}

std::string fcr_file(char separator, const char* stamp_format, bool bom) {
  std::string text = bom ? "\xEF\xBB\xBF" : "";
  for (const char* name :
       {"DATE_FROM", "DATE_TO", "TYPE_OF_RESERVES", "TENDER_NUMBER", "PRODUCTNAME", "GERMANY_SETTLEMENTCAPACITY_PRICE_[EUR/MW]",
        "NETHERLANDS_DEMAND_[MW]", "NETHERLANDS_SETTLEMENTCAPACITY_PRICE_[EUR/MW]"})
    text += std::string(name) + separator;
  text += "\n";
  for (int day = 29; day <= 31; ++day) {
    for (int block = 0; block < 6; ++block) {
      const std::string date = fmt::format(fmt::runtime(stamp_format), fmt::arg("d", day));
      text += fmt::format("{0}{1}{0}{1}FCR{1}1{1}NEGPOS_{2:02}_{3:02}{1}{4}{1}110{1}{5}{1}\n", date, separator, block * 4, block * 4 + 4,
                          comma(100.0 * day + block), comma(100.0 * day + block + 0.5));
    }
  }
  return text;
}

TEST(Presets, FcrBlocksOnADayOfTwentyThreeHours) {
  for (const std::string& text :
       {fcr_file(';', "2024-03-{d} 00:00:00", true), fcr_file(';', "{d}.03.2024", false), fcr_file('\t', "2024-03-{d}", false)}) {
    const auto result = import_text(text, of_country("NL"));
    ASSERT_TRUE(result) << problems(result);
    const MarketTable& table = result->tables[0];
    ASSERT_EQ(table.rows(), 18U);
    EXPECT_EQ(table.delivery_start[12], at("2024-03-30T23:00Z"));
    EXPECT_EQ(table.delivery_start[13], at("2024-03-31T02:00Z"));
    for (std::size_t r = 0; r < 18; ++r) {
      const double published = 100.0 * (29 + static_cast<double>(r / 6)) + static_cast<double>(r % 6) + 0.5;
      EXPECT_NEAR(table.columns[0].values[r] * table.duration_s[r] / 3600.0, published, 1e-9);
    }
    const auto german = import_text(text, of_country("DE"));
    ASSERT_TRUE(german) << problems(german);
    EXPECT_NEAR(german->tables[0].columns[0].values[0], 2900.0 / 4.0, 1e-9);
    const auto french = import_text(text, of_country("FR"));
    EXPECT_THAT(error_codes(french), ElementsAre("missing_column"));
    EXPECT_THAT(french.issues().errors()[0].message, HasSubstr("GERMANY_SETTLEMENTCAPACITY"));
  }
}

std::string afrr_file(const char* unit, const char* reserves) {
  std::string text = fmt::format(
      "DATE_FROM;DATE_TO;TYPE_OF_RESERVES;PRODUCT;TOTAL_AVERAGE_CAPACITY_PRICE_[{0}];GERMANY_AVERAGE_CAPACITY_PRICE_[{0}];GERMANY_MARGINAL_"
      "CAPACITY_PRICE_[{0}];AUSTRIA_AVERAGE_CAPACITY_PRICE_[{0}]\n",
      unit);
  for (int day = 1; day <= 3; ++day) {
    for (const char* direction : {"POS", "NEG"}) {
      for (int block = 0; block < 6; ++block) {
        const double value = day * 10 + block + (direction[0] == 'P' ? 0.25 : 0.75);
        text += fmt::format("{0:02}.02.2024;{0:02}.02.2024;{1};{2}_{3:02}_{4:02};{5};{5};{6};-\n", day, reserves, direction, block * 4,
                            block * 4 + 4, comma(value), comma(99.0));
      }
    }
  }
  return text;
}

TEST(Presets, AfrrOfBothUnits) {
  const auto hourly = import_text(afrr_file("(EUR/MW)/h", "aFRR"), of_country("DE"));
  ASSERT_TRUE(hourly) << problems(hourly);
  ASSERT_EQ(hourly->tables[0].rows(), 18U);
  EXPECT_EQ(hourly->tables[0].find("afrr_up_price")->values[7], 21.25);
  EXPECT_EQ(hourly->tables[0].find("afrr_down_price")->values[7], 21.75);
  EXPECT_THAT(warning_codes(hourly), ElementsAre("stand_in"));
  const auto per_block = import_text(afrr_file("EUR/MW", "aFRR"), of_country("DE"));
  ASSERT_TRUE(per_block) << problems(per_block);
  EXPECT_EQ(per_block->tables[0].find("afrr_up_price")->values[7], 21.25 / 4.0);
  EXPECT_THAT(warning_codes(per_block), Contains("assumed"));
  const auto manual = import_text(afrr_file("(EUR/MW)/h", "mFRR"), of_country("DE"));
  EXPECT_THAT(error_codes(manual), ElementsAre("missing_column"));
}

TEST(Presets, PvgisYearWithItsFooter) {
  std::string text =
      "Latitude (decimal degrees):\t52.300\r\nLongitude (decimal degrees):\t4.900\r\n\r\ntime,P,G(i),H_sun,T2m,WS10m,Int\r\n";
  for (int h = 0; h < 240; ++h) text += fmt::format("202001{:02}:{:02}10,{}.00,0.0,0.0,2.4,3.2,0.0\r\n", h / 24 + 1, h % 24, h * 1000);
  text +=
      "\r\nP: PV system power (W)\r\nG(i): Global irradiance, on the plane, (W/m2), etc, etc, etc, etc, etc, etc\r\n\r\nPVGIS (c) European "
      "Union, 2001-2025\r\n";
  const auto result = import_profile({"p.csv", text}, {.capacity_mw = 1.0});
  ASSERT_TRUE(result) << result.issues().all()[0].message;
  ASSERT_EQ(result->production.power_mw.size(), 960U);
  EXPECT_NEAR(result->production.power_mw[400], 0.1, 1e-12);
  EXPECT_EQ(result->reading.preset, "pvgis_hourly");
}

TEST(Presets, CanBeForcedAndSwitchedOff) {
  std::string text = "MTU (CET/CEST),Day-ahead Price [EUR/MWh],Currency,BZN|NL\n";
  for (int h = 0; h < 9; ++h) text += fmt::format("01.01.2024 0{}:00 - 01.01.2024 0{}:00,{},EUR,\n", h, h + 1, h);
  ImportOptions options;
  options.every_file.preset = "entsoe_old";
  EXPECT_TRUE(import_text(text, options));
  options.every_file.preset = "none";
  EXPECT_THAT(error_codes(import_text(text, options)), Contains("missing_column"));
  options.every_file.preset = "smard";
  const auto other = import_text(text, options);
  EXPECT_THAT(error_codes(other), ElementsAre("missing_column"));
  EXPECT_THAT(other.issues().errors()[0].message, HasSubstr("Datum von"));
  options.every_file.preset = "teletext";
  EXPECT_THAT(error_codes(import_text(text, options)), ElementsAre("wrong_type"));
  EXPECT_GE(preset_list().size(), 12U);
}

}  // namespace
}  // namespace bess
