#include "importers/date_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace bess {

namespace {

using std::chrono::seconds;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Reads a text from its start.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}
  [[nodiscard]] bool done() const { return at_ == text_.size(); }
  [[nodiscard]] char peek() const { return done() ? '\0' : text_[at_]; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void blanks() {
    while (peek() == ' ') ++at_;
  }
  /// A number of `least` to `most` digits; −1 when there is none.
  int number(std::size_t least, std::size_t most) {
    std::size_t end = at_;
    int value = 0;
    while (end < text_.size() && is_digit(text_[end]) && end - at_ < most) value = value * 10 + (text_[end++] - '0');
    if (end - at_ < least || (end < text_.size() && is_digit(text_[end]))) return -1;
    digits_ = end - at_;
    at_ = end;
    return value;
  }
  [[nodiscard]] std::size_t digits() const { return digits_; }
  std::string word() {
    std::string found;
    while (!done() && ((peek() >= 'a' && peek() <= 'z') || (peek() >= 'A' && peek() <= 'Z'))) found.push_back(lower(text_[at_++]));
    return found;
  }
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }

 private:
  std::string_view text_;
  std::size_t at_{0};
  std::size_t digits_{0};
};

constexpr std::array<std::string_view, 12> months{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 12> month_names{"january", "february", "march",     "april",   "may",      "june",
                                                       "july",    "august",   "september", "october", "november", "december"};

int month_of(std::string_view word) {
  for (std::size_t m = 0; m < months.size(); ++m) {
    if (word == months[m] || word == month_names[m] || (m == 8 && word == "sept")) return static_cast<int>(m) + 1;
  }
  return 0;
}

std::optional<LocalDate> make_date(int year, int month, int day) {
  if (month < 1 || day < 1) return std::nullopt;
  const LocalDate date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                       std::chrono::day{static_cast<unsigned>(day)}};
  return date.ok() ? std::optional(date) : std::nullopt;
}

/// "", "00:00", "0:05:30", "24:00", "1:00 PM", with an offset behind.
bool read_time(Scanner& scan, LooseStamp& stamp) {
  scan.take(',');
  if (!scan.take('T')) scan.blanks();
  if (scan.done()) return true;
  const int hour = scan.number(1, 2);
  if (hour < 0 || hour > 24 || !scan.take(':')) return false;
  const int minute = scan.number(2, 2);
  int second = 0;
  if (scan.take(':')) {
    second = scan.number(2, 2);
    if (scan.take('.') && scan.number(1, 9) < 0) return false;
  }
  if (minute < 0 || minute > 59 || second < 0 || second > 59) return false;
  if (hour == 24 && minute + second > 0) return false;
  stamp.second_of_day = hour * 3600 + minute * 60 + second;
  scan.blanks();
  if (scan.done()) return true;
  if (scan.peek() == 'Z' || scan.peek() == '+' || scan.peek() == '-') {
    const auto reading = parse_clock("2000-01-01 00:00" + std::string(scan.rest()));
    if (!reading || !reading->offset_s) return false;
    stamp.offset_s = reading->offset_s;
    return true;
  }
  const std::string word = scan.word();
  if (!scan.done() || (word != "am" && word != "pm") || hour < 1 || hour > 12) return false;
  stamp.meridiem = true;
  stamp.second_of_day = (hour % 12 + (word == "pm" ? 12 : 0)) * 3600 + minute * 60 + second;
  return true;
}

/// "Jan 1, 2024 12:00 AM", "1 Jan 2024 00:00", "1-Jan-24".
std::optional<LooseStamp> named_month(Scanner scan) {
  LooseStamp stamp{.order = DateOrder::day_first};
  if (is_digit(scan.peek())) {
    stamp.first = scan.number(1, 2);
    if (!scan.take('-')) scan.blanks();
    stamp.second = month_of(scan.word());
    scan.take('.');
  } else {
    stamp.second = month_of(scan.word());
    scan.take('.');
    scan.blanks();
    stamp.first = scan.number(1, 2);
    scan.take(',');
  }
  if (!scan.take('-')) scan.blanks();
  stamp.third = scan.number(2, 4);
  if (stamp.first < 1 || stamp.second < 1 || stamp.third < 0 || scan.digits() == 3) return std::nullopt;
  if (scan.digits() == 2) stamp.third += 2000;
  if (!read_time(scan, stamp)) return std::nullopt;
  return stamp;
}

/// "1-1-2024", "31.12.24", "12/31/2024", "2024/1/1".
std::optional<LooseStamp> numbered(Scanner scan) {
  LooseStamp stamp;
  stamp.first = scan.number(1, 4);
  const std::size_t first_digits = scan.digits();
  stamp.separator = scan.peek();
  if (stamp.first < 0 || first_digits == 3 || std::string_view("-./").find(stamp.separator) == std::string_view::npos) return std::nullopt;
  scan.take(stamp.separator);
  stamp.second = scan.number(1, 2);
  if (stamp.second < 0 || !scan.take(stamp.separator)) return std::nullopt;
  stamp.third = scan.number(1, 4);
  const std::size_t third_digits = scan.digits();
  if (stamp.third < 0 || third_digits == 3) return std::nullopt;
  if (first_digits == 4) {
    if (third_digits > 2) return std::nullopt;
    stamp.order = DateOrder::year_first;
  } else if (third_digits < 4) {
    if (third_digits != 2) return std::nullopt;
    stamp.short_year = true;
  }
  if (!read_time(scan, stamp)) return std::nullopt;
  return stamp;
}

/// Stamps of digits alone, told apart by how many there are.
std::optional<LooseStamp> digits_only(std::string_view text) {
  LooseStamp stamp{.order = DateOrder::year_first};
  const auto at = [&](std::size_t from, std::size_t count) {
    int value = 0;
    for (std::size_t i = from; i < from + count; ++i) value = value * 10 + (text[i] - '0');
    return value;
  };
  const auto take_date = [&] { stamp.first = at(0, 4), stamp.second = at(4, 2), stamp.third = at(6, 2); };
  const auto take_clock = [&](std::size_t from) {
    const int hour = at(from, 2), minute = at(from + 2, 2);
    stamp.second_of_day = hour * 3600 + minute * 60;
    return minute < 60 && (hour < 24 || (hour == 24 && minute == 0));
  };
  const std::size_t separator = text.find_first_of(": T");
  if (separator == 8 && (text.size() == 13 || text.size() == 14)) {  // "20240101:0010", "20240101 00:10"
    std::string joined(text.substr(0, 8));
    for (const char c : text.substr(9)) {
      if (c != ':') joined.push_back(c);
    }
    const bool all_digits = std::all_of(joined.begin(), joined.end(), is_digit);
    return all_digits && joined.size() == 12 ? digits_only(joined) : std::nullopt;
  }
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  std::int64_t number = 0;
  if (text.size() > 18) return std::nullopt;
  for (const char c : text) number = number * 10 + (c - '0');
  switch (text.size()) {
    case 8:
      take_date();
      return stamp;
    case 12:
      take_date();
      if (make_date(stamp.first, stamp.second, stamp.third) && take_clock(8)) return stamp;
      break;
    case 14:
      take_date();
      if (!take_clock(8) || at(12, 2) > 59) return std::nullopt;
      stamp.second_of_day += at(12, 2);
      return stamp;
    case 9:
    case 10:
      // From 2033 on seconds look like "2033010100"; such a file is asked for its format.
      if (text.size() == 10 && at(0, 4) >= 1990 && make_date(at(0, 4), at(4, 2), at(6, 2)) && at(8, 2) <= 24) return std::nullopt;
      stamp.instant = Instant{seconds{number}};
      return stamp;
    default:
      break;
  }
  if (text.size() == 12 || text.size() == 13) {
    stamp.instant = Instant{seconds{number / 1000}};
    return stamp;
  }
  if (text.size() == 16) {
    stamp.instant = Instant{seconds{number / 1'000'000}};
    return stamp;
  }
  return std::nullopt;
}

const char* order_name(DateOrder order) {
  return order == DateOrder::day_first ? "day first" : order == DateOrder::month_first ? "month first" : "year first";
}

}  // namespace

std::optional<LooseStamp> parse_loose(std::string_view text) {
  if (text.size() < 6 || text.size() > 40) return std::nullopt;
  if (!is_digit(text.front())) return named_month(Scanner(text));
  if (std::all_of(text.begin(), text.begin() + 5, is_digit)) return digits_only(text);
  if (auto stamp = numbered(Scanner(text))) return stamp;
  return named_month(Scanner(text));
}

std::optional<LocalDate> date_of(const LooseStamp& stamp, DateOrder order) {
  if (stamp.order != DateOrder::find) order = stamp.order;
  const int century = stamp.short_year ? 2000 : 0;
  switch (order) {
    case DateOrder::day_first:
      return make_date(stamp.third + century, stamp.second, stamp.first);
    case DateOrder::month_first:
      return make_date(stamp.third + century, stamp.first, stamp.second);
    case DateOrder::year_first:
      return make_date(stamp.first + century, stamp.second, stamp.third);
    case DateOrder::find:
      break;
  }
  return std::nullopt;
}

void DateOrderVote::add(const LooseStamp& stamp) {
  meridiem_ = meridiem_ || stamp.meridiem;
  if (stamp.order != DateOrder::find) return;
  if (!dates_.empty()) {
    const LooseStamp& last = dates_.back();
    if (last.first == stamp.first && last.second == stamp.second && last.third == stamp.third && last.separator == stamp.separator) return;
  }
  dates_.push_back(stamp);
}

bool DateOrderVote::possible(DateOrder order) const {
  return std::all_of(dates_.begin(), dates_.end(), [&](const LooseStamp& s) {
    const bool year_fits = order != DateOrder::year_first || s.short_year;
    return year_fits && date_of(s, order).has_value();
  });
}

DateOrderVote::Decision DateOrderVote::decide(DateOrder stated, char separator) const {
  if (stated != DateOrder::find) return {stated, {}};
  if (dates_.empty()) return {DateOrder::day_first, {}};
  std::vector<DateOrder> readings;
  for (const DateOrder order : {DateOrder::day_first, DateOrder::month_first, DateOrder::year_first}) {
    if (possible(order)) readings.push_back(order);
  }
  if (readings.size() == 1) return {readings.front(), {}};
  // One stamp of nonsense shall not hide what the others say: each row is told by itself, read day first.
  if (readings.empty()) return {DateOrder::day_first, {}};
  const auto same = [&](DateOrder a, DateOrder b) {
    return std::all_of(dates_.begin(), dates_.end(), [&](const LooseStamp& s) { return date_of(s, a) == date_of(s, b); });
  };
  if (std::all_of(readings.begin(), readings.end(), [&](DateOrder o) { return same(o, readings.front()); })) return {readings.front(), {}};
  // Days that follow each other in one reading and leap in the others.
  if (dates_.size() > 1) {
    std::vector<DateOrder> even;
    for (const DateOrder order : readings) {
      bool steps = true;
      for (std::size_t i = 1; i < dates_.size(); ++i) {
        const auto from = std::chrono::sys_days{*date_of(dates_[i - 1], order)}, to = std::chrono::sys_days{*date_of(dates_[i], order)};
        steps = steps && std::abs((to - from).count()) <= 1;
      }
      if (steps) even.push_back(order);
    }
    if (even.size() == 1) return {even.front(), {}};
  }
  const char mark = dates_.front().separator;
  const bool day_first = !meridiem_ && std::find(readings.begin(), readings.end(), DateOrder::day_first) != readings.end();
  if (day_first && !dates_.front().short_year && (mark == '.' || mark == '-' || separator == ';')) return {DateOrder::day_first, {}};
  if (day_first && dates_.front().short_year && mark == '.') return {DateOrder::day_first, {}};
  std::string list;
  for (const DateOrder order : readings)
    list += fmt::format("{}{} ({})", list.empty() ? "" : " or ", format_date(*date_of(dates_.front(), order)), order_name(order));
  return {std::nullopt, fmt::format("the dates can be read as {}, and no row tells which: write them year first (2024-03-31), or say "
                                    "date_order in a mapping",
                                    list)};
}

}  // namespace bess
