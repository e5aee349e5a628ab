#pragma once
// How a command describes what can be given to it. The parser behind it (CLI11) is seen by arguments.cpp alone.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace bess::app {

/// One argument, to say more about it. A handle: it may be copied, and lives as long as its ArgumentParser.
class Argument {
 public:
  explicit Argument(CLI::Option* option) : option_(option) {}
  Argument required() const;
  Argument show_default() const;
  Argument one_of(const std::vector<std::string>& words) const;
  Argument within(int least, int most) const;
  Argument within(double least, double most) const;
  /// Each value is NAME=VALUE.
  Argument assignment() const;
  /// Several values in one word, joined by commas.
  Argument comma_separated() const;
  /// One value each time it is given (a list otherwise takes what follows it too).
  Argument one_each() const;
  /// May be given several times, each with one value or more.
  Argument repeated() const;
  Argument one_or_more() const;
  /// Not together with the other.
  Argument excludes(Argument other) const;
  /// The variable that stands in for it when it isn't given.
  Argument environment(const std::string& name) const;
  /// What the help shows in place of the type.
  Argument value_name(const std::string& name) const;

 private:
  friend class Arguments;
  CLI::Option* option_;
};

/// The arguments of one command, or of an action of it. Names as in "--out" or, for what is given by its place, "FILE". What was given is
/// written to `value` while the command line is parsed; a vector takes any number of values.
class Arguments {
 public:
  explicit Arguments(CLI::App* app);
  ~Arguments();
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  Argument option(const std::string& name, std::string& value, const std::string& help);
  Argument option(const std::string& name, int& value, const std::string& help);
  Argument option(const std::string& name, std::int64_t& value, const std::string& help);
  Argument option(const std::string& name, std::size_t& value, const std::string& help);
  Argument option(const std::string& name, double& value, const std::string& help);
  Argument option(const std::string& name, std::optional<std::string>& value, const std::string& help);
  Argument option(const std::string& name, std::optional<std::int64_t>& value, const std::string& help);
  Argument option(const std::string& name, std::optional<double>& value, const std::string& help);
  Argument option(const std::string& name, std::vector<std::string>& value, const std::string& help);
  /// One word of a fixed set, each standing for a value.
  template <class Value>
  Argument choice(const std::string& name, Value& value, const std::vector<std::pair<std::string, std::type_identity_t<Value>>>& words,
                  const std::string& help) {
    std::vector<std::string> names;
    for (const auto& word : words) names.push_back(word.first);
    return choice(name, names, help, [&value, words](std::size_t place) { value = words[place].second; });
  }
  /// "--bound,!--no-bound": the word after ! clears it.
  Argument flag(const std::string& name, bool& value, const std::string& help);

  /// `argument` has to be given unless `other` is.
  void require_unless(Argument argument, Argument other);
  /// Text below the list of arguments.
  void footer(const std::string& text);
  /// The same, made only when it is shown.
  void footer(std::function<std::string()> text);
  /// A word that is followed by arguments of its own, as `list` in `bess scenario list`.
  Arguments& action(const std::string& name, const std::string& help);
  /// One of the actions has to be given.
  void require_action();
  /// Called when this action was given, after its values were written.
  void when_given(std::function<void()> work);
  [[nodiscard]] bool given() const;

 private:
  Argument choice(const std::string& name, const std::vector<std::string>& words, const std::string& help,
                  std::function<void(std::size_t)> chosen);
  CLI::App* app_;
  std::vector<std::function<void()>> when_given_;
  std::vector<std::unique_ptr<Arguments>> actions_;
};

/// The whole command line.
class ArgumentParser {
 public:
  ArgumentParser(const std::string& name, const std::string& description, const std::string& version);
  ~ArgumentParser();
  ArgumentParser(const ArgumentParser&) = delete;
  ArgumentParser& operator=(const ArgumentParser&) = delete;

  /// What the command line begins with.
  Arguments& root() { return *root_; }
  [[nodiscard]] std::string help() const;

  /// Help or the version, which was asked for, or what is wrong with the command line.
  struct Answer {
    bool bad_usage{false};
    std::string out, err;
  };
  /// No value: the command line was understood and its values are written.
  [[nodiscard]] std::optional<Answer> parse(int argc, char** argv);

 private:
  std::unique_ptr<CLI::App> app_;
  std::unique_ptr<Arguments> root_;
};

}  // namespace bess::app
