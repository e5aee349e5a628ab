#include "importers/unit_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace bess {

namespace {

struct Named {
  std::string_view name;
  double factor;
};
struct Money {
  std::string_view name;
  std::string_view code;
  double factor;  ///< whole units of the currency
};

constexpr std::array powers{Named{"w", 1e-6}, Named{"kw", 1e-3},  Named{"mw", 1.0}, Named{"gw", 1e3},
                            Named{"tw", 1e6}, Named{"kwp", 1e-3}, Named{"mwp", 1.0}};
constexpr std::array energies{Named{"wh", 1e-6}, Named{"kwh", 1e-3}, Named{"mwh", 1.0}, Named{"gwh", 1e3}, Named{"twh", 1e6}};
constexpr std::array moneys{
    Money{"eur", "EUR", 1.0},    Money{"euro", "EUR", 1.0},   Money{"euros", "EUR", 1.0},      Money{"€", "EUR", 1.0},
    Money{"ct", "EUR", 0.01},    Money{"cent", "EUR", 0.01},  Money{"cents", "EUR", 0.01},     Money{"eurocent", "EUR", 0.01},
    Money{"eurct", "EUR", 0.01}, Money{"€ct", "EUR", 0.01},   Money{"cteur", "EUR", 0.01},     Money{"ct€", "EUR", 0.01},
    Money{"€cent", "EUR", 0.01}, Money{"c€", "EUR", 0.01},    Money{"eurocents", "EUR", 0.01}, Money{"gbp", "GBP", 1.0},
    Money{"£", "GBP", 1.0},      Money{"pence", "GBP", 0.01}, Money{"p", "GBP", 0.01},         Money{"pln", "PLN", 1.0},
    Money{"zł", "PLN", 1.0},     Money{"zl", "PLN", 1.0},     Money{"dkk", "DKK", 1.0},        Money{"sek", "SEK", 1.0},
    Money{"nok", "NOK", 1.0},    Money{"chf", "CHF", 1.0},    Money{"sfr", "CHF", 1.0},        Money{"czk", "CZK", 1.0},
    Money{"kč", "CZK", 1.0},     Money{"huf", "HUF", 1.0},    Money{"ft", "HUF", 1.0},         Money{"ron", "RON", 1.0},
    Money{"lei", "RON", 1.0},    Money{"bgn", "BGN", 1.0},    Money{"hrk", "HRK", 1.0},        Money{"isk", "ISK", 1.0},
    Money{"usd", "USD", 1.0},    Money{"$", "USD", 1.0},      Money{"us$", "USD", 1.0},        Money{"try", "TRY", 1.0},
    Money{"uah", "UAH", 1.0},    Money{"rsd", "RSD", 1.0},    Money{"mkd", "MKD", 1.0},        Money{"all", "ALL", 1.0},
    Money{"bam", "BAM", 1.0},    Money{"mdl", "MDL", 1.0},    Money{"gel", "GEL", 1.0},        Money{"jpy", "JPY", 1.0},
    Money{"cny", "CNY", 1.0},    Money{"aud", "AUD", 1.0},    Money{"cad", "CAD", 1.0},        Money{"inr", "INR", 1.0},
    Money{"öre", "SEK", 0.01},   Money{"øre", "DKK", 0.01},   Money{"kr", "?", 1.0},           Money{"currency", "*", 1.0}};
/// Units of other things, so that a wind speed mapped as a price is found out.
constexpr std::array others{
    std::string_view{"m/s"},  std::string_view{"km/h"}, std::string_view{"kn"},       std::string_view{"mph"},
    std::string_view{"°c"},   std::string_view{"degc"}, std::string_view{"°"},        std::string_view{"k"},
    std::string_view{"w/m2"}, std::string_view{"w/m²"}, std::string_view{"kw/m2"},    std::string_view{"kw/m²"},
    std::string_view{"hpa"},  std::string_view{"pa"},   std::string_view{"mm"},       std::string_view{"mbar"},
    std::string_view{"var"},  std::string_view{"mvar"}, std::string_view{"j/cm2"},    std::string_view{"hz"},
    std::string_view{"kg"},   std::string_view{"tco2"}, std::string_view{"gco2/kwh"}, std::string_view{"gco2eq/kwh"}};

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  std::size_t at = text.find(from);
  if (at == std::string::npos) return;
  std::string result;
  std::size_t begin = 0;
  for (; at != std::string::npos; at = text.find(from, begin)) {
    result.append(text, begin, at - begin).append(to);
    begin = at + from.size();
  }
  result.append(text, begin, std::string::npos);
  text = std::move(result);
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  replace_all(result, "Ö", "ö");
  replace_all(result, "Ø", "ø");
  replace_all(result, "Ł", "ł");
  replace_all(result, "Č", "č");
  return result;
}

/// With a blank at both ends, so that words can be found whole.
std::string padded(const std::string& text) {
  std::string result;
  result.reserve(text.size() + 2);
  result.push_back(' ');
  result.append(text);
  result.push_back(' ');
  return result;
}

/// Words for "per" become "/", lengths of blocks one word.
void per_as_slash(std::string& form) {
  for (const char* hours : {"4 hours", "4-hours", "4 hour", "4-hour", "4 h", "4-h", "4hours", "4hour"}) replace_all(form, hours, "4h");
  replace_all(form, "4h block", "4h");
  replace_all(form, "4h-block", "4h");
  for (const char* word : {" per ", " je ", " pro ", " par ", " and ", " und ", " en ", " por "}) replace_all(form, word, "/");
  replace_all(form, "_per_", "/");
}

/// Lower case, words for "per" as "/", no blanks, no parentheses: "(EUR/MW)/h" and "EUR per MW and h" read alike.
std::string plain_form(std::string_view text) {
  std::string form = padded(lower_case(text));
  replace_all(form, "\xC2\xA0", " ");
  per_as_slash(form);
  for (const char* mark : {"·", "×", "*"}) replace_all(form, mark, "/");
  std::string result;
  for (const char c : form) {
    if (c != ' ' && c != '(' && c != ')' && c != '[' && c != ']' && c != '\t' && c != '_') result.push_back(c);
  }
  while (!result.empty() && (result.back() == '.' || result.back() == ':')) result.pop_back();
  return result;
}

template <std::size_t N>
const Named* find(const std::array<Named, N>& list, std::string_view name) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const Named& n) { return n.name == name; });
  return found == list.end() ? nullptr : &*found;
}

std::vector<std::string_view> split(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(mark, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::optional<PricePeriod> period_of(std::string_view name) {
  if (name == "h" || name == "hour" || name == "hr" || name == "stunde" || name == "std" || name == "uur" || name == "1h")
    return PricePeriod::hour;
  if (name == "block" || name == "4h" || name == "blok" || name == "4hours" || name == "4hblock" || name == "product" || name == "produkt")
    return PricePeriod::block;
  if (name == "day" || name == "d" || name == "tag" || name == "dag" || name == "24h") return PricePeriod::day;
  return std::nullopt;
}

const Money* money_of(std::string_view name) {
  const auto found = std::find_if(moneys.begin(), moneys.end(), [&](const Money& m) { return m.name == name; });
  return found == moneys.end() ? nullptr : &*found;
}

bool letters(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

/// Money over something: the parts of "eur/mw/h".
std::optional<ParsedUnit> price_of(const std::vector<std::string_view>& parts) {
  const Named* energy = find(energies, parts[1]);
  const Named* power = find(powers, parts[1]);
  const Money* money = money_of(parts[0]);
  const bool foreign = (energy != nullptr || power != nullptr) && parts[0].size() == 3 && letters(parts[0]);
  if (money == nullptr && !foreign) return std::nullopt;
  ParsedUnit unit;
  unit.currency = money == nullptr ? "?" : std::string(money->code);
  const double amount = money == nullptr ? 1.0 : money->factor;
  if (energy != nullptr && parts.size() == 2) {
    unit.dimension = Dimension::energy_price;
    unit.factor = amount / energy->factor;
  } else if (power != nullptr && parts.size() <= 3) {
    const auto period = parts.size() == 3 ? period_of(parts[2]) : std::optional(PricePeriod::unstated);
    if (period) {
      unit.dimension = Dimension::reserve_price;
      unit.factor = amount / power->factor;
      unit.period = *period;
    }
  }
  return unit;  // money per anything else is a price of another thing
}

/// "…*1.17" at the end of a stated unit.
std::optional<double> take_rate(std::string_view& text) {
  const std::size_t star = text.rfind('*');
  if (star == std::string_view::npos) return std::nullopt;
  std::string_view number = text.substr(star + 1);
  while (!number.empty() && number.front() == ' ') number.remove_prefix(1);
  while (!number.empty() && number.back() == ' ') number.remove_suffix(1);
  double rate = 0.0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), rate);
  if (error != std::errc{} || end != number.data() + number.size() || !(rate > 0.0) || rate > 1e9) return std::nullopt;
  text = text.substr(0, star);
  return rate;
}

std::optional<ParsedUnit> parse_plain(const std::string& form) {
  ParsedUnit unit;
  if (const Named* power = find(powers, form)) {
    unit.dimension = Dimension::power;
    unit.factor = power->factor;
    return unit;
  }
  if (const Named* energy = find(energies, form)) {
    unit.dimension = Dimension::energy;
    unit.factor = energy->factor;
    return unit;
  }
  if (form == "%" || form == "percent" || form == "prozent" || form == "1") {
    unit.dimension = Dimension::share;
    unit.factor = form == "1" ? 1.0 : 0.01;
    return unit;
  }
  if (std::find(others.begin(), others.end(), form) != others.end()) return unit;
  const std::vector<std::string_view> parts = split(form, '/');
  return parts.size() < 2 ? std::nullopt : price_of(parts);
}

/// What stands in brackets or parentheses, the last first.
std::vector<std::string_view> bracketed(std::string_view header) {
  std::vector<std::string_view> places;
  for (const auto& [open, close] : {std::pair{'[', ']'}, std::pair{'(', ')'}}) {
    std::size_t end = header.rfind(close);
    while (end != std::string_view::npos) {
      int depth = 0;
      std::size_t begin = end + 1;
      while (begin > 0) {
        --begin;
        if (header[begin] == close) ++depth;
        if (header[begin] == open && --depth == 0) break;
      }
      if (depth == 0) places.push_back(header.substr(begin + 1, end - begin - 1));
      if (begin == 0) break;
      end = header.rfind(close, begin - 1);
    }
  }
  return places;
}

/// Words of a header that may be units without brackets: "ct/kWh", "EUR / MWh", "EUR per MW per block", "kW".
std::vector<std::string> unit_words(std::string_view header) {
  std::string form = padded(lower_case(header));
  per_as_slash(form);
  replace_all(form, " /", "/");
  replace_all(form, "/ ", "/");
  std::vector<std::string> words;
  for (std::string_view word : split(form, ' ')) {
    while (!word.empty() && std::string_view(",;:.").find(word.back()) != std::string_view::npos) word.remove_suffix(1);
    const bool plain = word == "kw" || word == "mw" || word == "gw" || word == "kwh" || word == "mwh" || word == "gwh";
    if (plain || word.find('/') != std::string_view::npos) words.emplace_back(word);
  }
  return words;
}

/// "nl_price_eur_per_mw_per_block", "power_kw": the end of a name in snake case.
std::optional<ParsedUnit> snake_unit(std::string_view header) {
  if (header.find(' ') != std::string_view::npos) return std::nullopt;
  std::string low = lower_case(header);
  replace_all(low, "_per_h_", "_per_h");
  for (std::size_t at = low.find('_'); at != std::string::npos; at = low.find('_', at + 1)) {
    std::string rest = low.substr(at + 1);
    const bool price = rest.find("_per_") != std::string::npos;
    if (!price && rest.find('_') != std::string::npos) continue;
    replace_all(rest, "_per_", "/");
    if (rest.find('_') != std::string::npos) continue;
    if (!price && rest.size() < 2) continue;
    if (auto unit = parse_plain(rest); unit && unit->dimension != Dimension::other) {
      unit->text = rest;
      return unit;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<ParsedUnit> parse_unit(std::string_view text) {
  std::string_view body = text;
  const std::optional<double> rate = take_rate(body);
  auto unit = parse_plain(plain_form(body));
  if (!unit || (rate && unit->currency.empty())) return std::nullopt;
  unit->rate = rate;
  unit->text = std::string(text);
  return unit;
}

std::optional<ParsedUnit> unit_in_header(std::string_view header, Dimension wanted) {
  std::vector<ParsedUnit> found;
  const auto take = [&](std::string_view text) {
    auto unit = parse_plain(plain_form(text));
    if (!unit || text == "1") return;
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    unit->text = std::string(text);
    found.push_back(std::move(*unit));
  };
  for (const std::string_view place : bracketed(header)) {
    for (const std::string_view part : split(place, ',')) take(part);
  }
  for (const std::string& word : unit_words(header)) take(word);
  if (found.empty()) {
    if (auto unit = snake_unit(header)) found.push_back(std::move(*unit));
  }
  const auto fits = std::find_if(found.begin(), found.end(), [&](const ParsedUnit& unit) {
    return unit.dimension == wanted || (wanted == Dimension::power && unit.dimension == Dimension::energy);
  });
  if (fits != found.end()) return *fits;
  return found.empty() ? std::nullopt : std::optional(found.front());
}

std::string currency_code(std::string_view text) {
  const Money* money = money_of(plain_form(text));
  return money == nullptr || money->factor != 1.0 || money->code == "?" || money->code == "*" ? std::string{} : std::string(money->code);
}

}  // namespace bess
