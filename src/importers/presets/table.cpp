// The presets, one row each. A new one needs a row here, a header example and two files in the tests.

#include <algorithm>

#include "importers/preset_list.h"
#include "importers/presets/preset.h"

namespace bess {

namespace {

std::vector<Preset> make_presets() {
  std::vector<Preset> list;
  list.push_back({.name = "entsoe",
                  .title = "ENTSO-E transparency platform, energy prices (with areas and sequences)",
                  .example = R"x("MTU (CET/CEST)","Area","Sequence","Day-ahead Price (EUR/MWh)")x",
                  .signature = {{"mtu(*", "mtu"}, {"area"}, {"day-aheadprice*"}},
                  .timestamp = {"mtu(*", "mtu"},
                  .zone = "Europe/Brussels",
                  .date_order = DateOrder::day_first,
                  .columns = {{"day_ahead", {"day-aheadprice(eur/mwh)", "day-aheadprice[eur/mwh]", "day-aheadprice*"}}},
                  .where = {{"sequence", {"Sequence 1", "Sequence Sequence 1", "Without Sequence", "1", ""}}},
                  .area_column = "area"});
  list.push_back({.name = "entsoe_old",
                  .title = "ENTSO-E transparency platform, day-ahead prices (one area)",
                  .example = R"x("MTU (CET/CEST)","Day-ahead Price [EUR/MWh]","Currency","BZN|NL")x",
                  .signature = {{"mtu(*", "mtu"}, {"day-aheadprice*"}},
                  .timestamp = {"mtu(*", "mtu"},
                  .zone = "Europe/Brussels",
                  .date_order = DateOrder::day_first,
                  .columns = {{"day_ahead", {"day-aheadprice[eur/mwh]", "day-aheadprice(eur/mwh)", "day-aheadprice*"}}},
                  .where = {{"sequence", {"Sequence 1", "Sequence Sequence 1", "Without Sequence", "1", ""}}},
                  .area_header = "bzn|*"});
  list.push_back({.name = "entsoe_library",
                  .title = "ENTSO-E file library, DayAheadPrices_12.1.D",
                  .example = "DateTime(UTC)\tResolutionCode\tAreaCode\tAreaTypeCode\tMapCode\tContractType\tPrice[Currency/MWh]\tCurrency",
                  .signature = {{"datetime(utc)", "datetime", "mtu(utc)"}, {"mapcode", "areamapcode"}, {"price[*/mwh]"}},
                  .timestamp = {"datetime(utc)", "datetime", "mtu(utc)"},
                  .zone = "UTC",
                  .columns = {{"day_ahead", {"price[*/mwh]"}}},
                  .where = {{"sequence", {"Sequence 1", "Without Sequence", "1", ""}},
                            {"areatypecode", {"BZN"}},
                            {"contracttype", {"Day-ahead", "Daily", "A01"}}},
                  .area_column = "*mapcode"});
  list.push_back(
      {.name = "energy_charts",
       .title = "energy-charts.info, prices",
       .example = R"x("Date (GMT+1)","Day Ahead Auction (DE-LU)" and below ,"Price (EUR/MWh, EUR/tCO2)")x",
       .signature = {{"date(*", "datum(*", "date", "datum", ""}, {"dayaheadau*", "intradaykontinuierlich*", "intradaycontinuous*"}},
       .timestamp = {"date(*", "datum(*", "date", "datum", ""},
       .columns = {{"day_ahead", {"dayaheadau*({area})*", "dayaheadauktion", "dayaheadauction", "dayaheadau*"}},
                   {"intraday",
                    {"intradaykontinuierlich", "intradaycontinuous", "intradaykontinuierlich(*/mwh)", "intradaycontinuous(*/mwh)",
                     "intradaykontinuierlichpreis*", "intradaycontinuousprice*", "intradaykontinuierlich,durchschnitt*",
                     "intradaykontinuierlichdurchschnitt*", "intradaycontinuous,average*", "intradaycontinuousaverage*"}}}});
  const std::vector<std::vector<std::string_view>> smard_dates{{"datumvon", "startdate"}, {"datumbis", "enddate"}};
  const std::vector<std::vector<std::string_view>> smard_times{{"datum", "date"}, {"anfang", "start"}, {"ende", "end"}};
  const PresetColumn smard_price{"day_ahead", {"{area}[€/mwh]*", "{area}[eur/mwh]*"}};
  const auto with = [](std::vector<std::vector<std::string_view>> groups, std::vector<std::string_view> more) {
    groups.push_back(std::move(more));
    return groups;
  };
  list.push_back({.name = "smard",
                  .title = "SMARD, wholesale prices",
                  .example = "Datum von;Datum bis;Deutschland/Luxemburg [€/MWh] Originalauflösungen",
                  .signature = with(smard_dates, {"*[€/mwh]*", "*[eur/mwh]*"}),
                  .timestamp = {"datumvon", "startdate"},
                  .zone = "Europe/Berlin",
                  .columns = {smard_price}});
  list.push_back({.name = "smard_times",
                  .title = "SMARD, wholesale prices (date and times in columns of their own)",
                  .example = "Datum;Anfang;Ende;Deutschland/Luxemburg [€/MWh]",
                  .signature = with(smard_times, {"*[€/mwh]*", "*[eur/mwh]*"}),
                  .date = {"datum", "date"},
                  .time = {"anfang", "start"},
                  .zone = "Europe/Berlin",
                  .columns = {smard_price}});
  list.push_back({.name = "smard_generation",
                  .title = "SMARD, actual generation",
                  .example = "Datum von;Datum bis;…;Photovoltaik [MWh] Originalauflösungen",
                  .signature = with(smard_dates, {"photovoltaik[mwh]*", "photovoltaics[mwh]*"}),
                  .timestamp = {"datumvon", "startdate"},
                  .zone = "Europe/Berlin",
                  .columns = {{"solar_mw", {"photovoltaik[mwh]*", "photovoltaics[mwh]*"}, "MWh"}}});
  list.push_back({.name = "netztransparenz",
                  .title = "netztransparenz.de, spot market price",
                  .example = "Datum;von;Zeitzone von;bis;Zeitzone bis;Spotmarktpreis in ct/kWh",
                  .signature = {{"datum"}, {"von"}, {"zeitzonevon", "zeitzone"}, {"spotmarktpreis*"}},
                  .date = {"datum"},
                  .time = {"von"},
                  .zone_column = {"zeitzonevon", "zeitzone"},
                  .zone = "Europe/Berlin",
                  .columns = {{"day_ahead", {"spotmarktpreis*"}}}});
  list.push_back(
      {.name = "tennet",
       .title = "TenneT, settlement prices",
       .example = "Timeinterval Start Loc,Timeinterval End Loc,Isp,…,Price Shortage,Price Surplus,Regulation State",
       .signature = {{"*timeintervalstart*", "*intervalstart*"}, {"isp"}, {"*shortage*"}, {"*surplus*"}},
       .date = {"*timeintervalstart*", "*intervalstart*"},
       .period = {"isp"},
       .zone = "Europe/Amsterdam",
       .columns = {{"imbalance_take", {"*shortage*"}}, {"imbalance_feed", {"*surplus*"}}, {"regulation_state", {"regulationstate*"}}}});
  list.push_back(
      {.name = "tennet_old",
       .title = "TenneT, settlement prices (before 2024)",
       .example = R"x("date","PTE","period_from","period_until",…,"take from system","feed into system","Regulation state")x",
       .signature = {{"date", "datum"}, {"pte", "isp"}, {"takefrom*", "afnemen*", "consume*"}, {"feedinto*", "invoeden*", "feed*"}},
       .date = {"date", "datum"},
       .period = {"pte", "isp"},
       .zone = "Europe/Amsterdam",
       .columns = {{"imbalance_take", {"takefrom*", "afnemen*", "consume*"}},
                   {"imbalance_feed", {"feedinto*", "invoeden*", "feed*"}},
                   {"regulation_state", {"regulationstate*", "regeltoestand*"}}}});
  list.push_back({.name = "regelleistung_fcr",
                  .title = "regelleistung.net, FCR capacity",
                  .example = "DATE_FROM;…;PRODUCTNAME;…;GERMANY_SETTLEMENTCAPACITY_PRICE_[EUR/MW]",
                  .signature = {{"datefrom"}, {"product", "productname"}, {"*settlementcapacityprice*"}},
                  .date = {"datefrom"},
                  .zone = "Europe/Berlin",
                  .columns = {{"fcr_price", {"{area}settlementcapacityprice*"}}},
                  .where = {{"typeofreserves", {"FCR", "PRL"}}},
                  .product_column = "product*"});
  list.push_back({.name = "regelleistung_afrr",
                  .title = "regelleistung.net, aFRR capacity",
                  .example = "DATE_FROM;DATE_TO;PRODUCT;…;GERMANY_AVERAGE_CAPACITY_PRICE_[(EUR/MW)/h]",
                  .signature = {{"datefrom"}, {"product", "productname"}, {"*averagecapacityprice*"}},
                  .date = {"datefrom"},
                  .zone = "Europe/Berlin",
                  .columns = {{"afrr_up_price", {"{area}averagecapacityprice*", "totalaveragecapacityprice*"}},
                              {"afrr_down_price", {"{area}averagecapacityprice*", "totalaveragecapacityprice*"}}},
                  .where = {{"typeofreserves", {"aFRR", "SRL"}}},
                  .product_column = "product*",
                  .note = "aFRR capacity is paid as bid; the average price of each product was taken as a stand-in for what a bidder "
                          "would have earned"});
  list.push_back({.name = "fcr_blocks",
                  .title = "FCR settlement prices, one row per block",
                  .example = "block start;GERMANY_SETTLEMENTCAPACITY_PRICE_[EUR/MW]",
                  .signature = {{"blockstart*", "timestamp*", "deliverystart*", "datefrom"}, {"*settlementcapacityprice*"}},
                  .timestamp = {"blockstart*", "timestamp*", "deliverystart*", "datefrom"},
                  .zone = "Europe/Berlin",
                  .columns = {{"fcr_price", {"{area}settlementcapacityprice*"}}}});
  list.push_back(
      {.name = "unit_names",
       .title = "Columns named by market and unit",
       .example = "timestamp_utc,day_ahead_price_eur_per_mwh",
       .signature = {{"timestamp*", "blockstart*"}, {"dayaheadprice*per*", "intradayprice*per*", "imbalanceprice*per*", "fcrprice*per*"}},
       .timestamp = {"timestamp*", "blockstart*"},
       .columns = {{"day_ahead", {"dayaheadprice*per*"}},
                   {"intraday", {"intradayprice*per*"}},
                   {"imbalance_take", {"imbalancepriceshort*per*"}},
                   {"imbalance_feed", {"imbalancepricelong*per*"}},
                   {"fcr_price", {"fcrprice*per*"}}}});
  list.push_back({.name = "pvgis_hourly",
                  .title = "PVGIS, hourly power of a photovoltaic system",
                  .example = "time,P,G(i),H_sun,T2m,WS10m,Int",
                  .signature = {{"time"}, {"p"}, {"g(i)"}},
                  .timestamp = {"time"},
                  .zone = "UTC",
                  .columns = {{"output_mw", {"p"}, "W"}}});
  return list;
}

}  // namespace

std::span<const Preset> all_presets() {
  static const std::vector<Preset> list = make_presets();
  return list;
}

std::vector<PresetInfo> preset_list() {
  std::vector<PresetInfo> list;
  for (const Preset& preset : all_presets())
    list.push_back({std::string(preset.name), std::string(preset.title), std::string(preset.example)});
  return list;
}

const Preset* find_preset(std::string_view name) {
  const auto all = all_presets();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Preset& p) { return p.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string preset_names() {
  std::string list;
  for (const Preset& preset : all_presets()) {
    if (!list.empty()) list += ", ";
    list += preset.name;
  }
  return list;
}

}  // namespace bess
