#include "bess/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

namespace bess::app {

namespace {

template <class Value>
Argument add_option(CLI::App* app, const std::string& name, Value& value, const std::string& help) {
  return Argument(app->add_option(name, value, help));
}

const CLI::Validator& is_assignment() {
  static const CLI::Validator check(
      [](const std::string& text) {
        return text.find('=') == std::string::npos || text.front() == '=' ? "\"" + text + "\" is not NAME=VALUE" : std::string();
      },
      "NAME=VALUE", "assignment");
  return check;
}

}  // namespace

Argument Argument::required() const {
  option_->required();
  return *this;
}

Argument Argument::show_default() const {
  option_->capture_default_str();
  return *this;
}

Argument Argument::one_of(const std::vector<std::string>& words) const {
  option_->check(CLI::IsMember(words));
  return *this;
}

Argument Argument::within(int least, int most) const {
  option_->check(CLI::Range(least, most));
  return *this;
}

Argument Argument::within(double least, double most) const {
  option_->check(CLI::Range(least, most));
  return *this;
}

Argument Argument::assignment() const {
  option_->check(is_assignment());
  return *this;
}

Argument Argument::comma_separated() const {
  option_->delimiter(',');
  return *this;
}

Argument Argument::one_each() const {
  option_->allow_extra_args(false);
  return *this;
}

Argument Argument::repeated() const {
  option_->take_all();
  return *this;
}

Argument Argument::one_or_more() const {
  option_->expected(1, -1);
  return *this;
}

Argument Argument::excludes(Argument other) const {
  option_->excludes(other.option_);
  return *this;
}

Argument Argument::environment(const std::string& name) const {
  option_->envname(name);
  return *this;
}

Argument Argument::value_name(const std::string& name) const {
  option_->type_name(name);
  return *this;
}

Arguments::Arguments(CLI::App* app) : app_(app) {
  app_->callback([this] {
    for (const auto& work : when_given_) work();
  });
}

Arguments::~Arguments() = default;

Argument Arguments::option(const std::string& name, std::string& value, const std::string& help) {
  return add_option(app_, name, value, help);
}
Argument Arguments::option(const std::string& name, int& value, const std::string& help) { return add_option(app_, name, value, help); }
Argument Arguments::option(const std::string& name, std::int64_t& value, const std::string& help) {
  return add_option(app_, name, value, help);
}
Argument Arguments::option(const std::string& name, std::size_t& value, const std::string& help) {
  return add_option(app_, name, value, help);
}
Argument Arguments::option(const std::string& name, double& value, const std::string& help) { return add_option(app_, name, value, help); }
Argument Arguments::option(const std::string& name, std::optional<std::string>& value, const std::string& help) {
  return add_option(app_, name, value, help);
}
Argument Arguments::option(const std::string& name, std::optional<std::int64_t>& value, const std::string& help) {
  return add_option(app_, name, value, help);
}
Argument Arguments::option(const std::string& name, std::optional<double>& value, const std::string& help) {
  return add_option(app_, name, value, help);
}
Argument Arguments::option(const std::string& name, std::vector<std::string>& value, const std::string& help) {
  return add_option(app_, name, value, help);
}

Argument Arguments::choice(const std::string& name, const std::vector<std::string>& words, const std::string& help,
                           std::function<void(std::size_t)> chosen) {
  const auto place = [words](const std::string& word) {
    return static_cast<std::size_t>(std::find(words.begin(), words.end(), word) - words.begin());
  };
  CLI::Option* option = app_->add_option_function<std::string>(
      name, [place, chosen = std::move(chosen)](const std::string& word) { chosen(place(word)); }, help);
  return Argument(option->check(CLI::IsMember(words))->type_name("NAME"));
}

Argument Arguments::flag(const std::string& name, bool& value, const std::string& help) {
  return Argument(app_->add_flag(name, value, help));
}

void Arguments::require_unless(Argument argument, Argument other) {
  when_given([argument, other] {
    if (other.option_->count() == 0 && argument.option_->count() == 0) throw CLI::RequiredError(argument.option_->get_name());
  });
}

void Arguments::footer(const std::string& text) { app_->footer(text); }
void Arguments::footer(std::function<std::string()> text) { app_->footer(std::move(text)); }

Arguments& Arguments::action(const std::string& name, const std::string& help) {
  return *actions_.emplace_back(std::make_unique<Arguments>(app_->add_subcommand(name, help)));
}

void Arguments::require_action() { app_->require_subcommand(1); }

void Arguments::when_given(std::function<void()> work) { when_given_.push_back(std::move(work)); }

bool Arguments::given() const { return app_->parsed(); }

namespace {
constexpr std::size_t column_of_help = 34;
}

ArgumentParser::ArgumentParser(const std::string& name, const std::string& description, const std::string& version)
    : app_(std::make_unique<CLI::App>(description)), root_(std::make_unique<Arguments>(app_.get())) {
  app_->name(name);
  app_->set_version_flag("--version", version);
  app_->get_formatter()->column_width(column_of_help);
}

ArgumentParser::~ArgumentParser() = default;

std::string ArgumentParser::help() const { return app_->help(); }

std::optional<ArgumentParser::Answer> ArgumentParser::parse(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    std::ostringstream out;
    std::ostringstream err;
    const bool bad_usage = app_->exit(e, out, err) != 0;
    return Answer{bad_usage, out.str(), err.str()};
  }
  return std::nullopt;
}

}  // namespace bess::app
