// Names of bidding zones and countries in the sources' exports.

#include <array>

#include "importers/presets/preset.h"

namespace bess {

namespace {

struct Area {
  std::string_view country;  ///< as scenarios name it
  std::vector<std::string_view> names;
};

const std::vector<Area>& areas() {
  static const std::vector<Area> list{
      {"nl", {"nl", "netherlands", "thenetherlands", "niederlande", "nederland"}},
      {"de",
       {"de-lu", "delu", "de/lu", "germany/luxembourg", "deutschland/luxemburg", "de", "germany", "deutschland", "duitsland", "de-at-lu",
        "deatlu", "de/at/lu", "germany/austria/luxembourg", "deutschland/österreich/luxemburg"}},
      {"at", {"at", "austria", "österreich", "oostenrijk"}},
      {"be", {"be", "belgium", "belgien", "belgië"}},
      {"fr", {"fr", "france", "frankreich", "frankrijk"}},
      {"ch", {"ch", "switzerland", "schweiz", "zwitserland"}},
      {"pl", {"pl", "poland", "polen"}},
      {"cz", {"cz", "czechrepublic", "czechia", "tschechien"}},
      {"si", {"si", "slovenia", "slowenien"}},
      {"hu", {"hu", "hungary", "ungarn"}},
      {"dk1", {"dk1", "denmark1", "dänemark1", "denmarkwest", "denmark"}},
      {"dk2", {"dk2", "denmark2", "dänemark2", "denmarkeast"}},
      {"se4", {"se4", "sweden4", "schweden4"}},
      {"no2", {"no2", "norway2", "norwegen2"}},
      {"it-north", {"it-north", "italynorth", "italien(nord)", "northernitaly", "norditalien"}},
      {"es", {"es", "spain", "spanien", "spanje"}},
      {"pt", {"pt", "portugal"}},
      {"fi", {"fi", "finland", "finnland"}},
  };
  return list;
}

}  // namespace

std::vector<std::string_view> area_names(std::string_view country) {
  std::string key;
  for (const char c : country) key.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == '_' ? '-' : c);
  if (key == "de-lu" || key == "de-at-lu") key = "de";
  for (const Area& area : areas()) {
    if (area.country == key) return area.names;
  }
  // A zone we have no names for is known by its code.
  static const std::array<std::string_view, 24> codes{"bg",  "ee",  "lt",  "lv",  "gr",  "hr",  "ro",  "rs", "sk", "ie", "gb", "lu",
                                                      "se1", "se2", "se3", "no1", "no3", "no4", "no5", "me", "mk", "al", "ua", "tr"};
  for (const std::string_view code : codes) {
    if (code == key) return {code};
  }
  return {};
}

}  // namespace bess
