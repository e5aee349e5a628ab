#include "bess/command.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "bess/command_list.h"

namespace bess::app {

namespace {
std::vector<Command>& registry() {
  static std::vector<Command> commands;
  return commands;
}
}  // namespace

CommandRegistration::CommandRegistration(Command command) { registry().push_back(std::move(command)); }

std::vector<Command> registered_commands() {
  std::vector<Command> commands = registry();
  std::sort(commands.begin(), commands.end(),
            [](const Command& a, const Command& b) { return std::pair(a.order, a.name) < std::pair(b.order, b.name); });
  return commands;
}

void print_issues(const Issues& issues) {
  for (const Issue& issue : issues.all()) {
    std::string where = issue.path;
    if (!issue.file.empty()) {
      where = issue.file;
      if (issue.row > 0) where += fmt::format(":{}", issue.row);
      if (!issue.column.empty()) where += fmt::format(" ({})", issue.column);
      if (!issue.path.empty()) where += fmt::format(" {}", issue.path);
    }
    if (!where.empty()) where += ": ";
    complain(fmt::format("{} [{}] {}{}\n", issue.severity == Severity::error ? "error" : "warning", issue.code, where, issue.message));
  }
}

int fail_with(const Issues& issues, bool json) {
  print_issues(issues);
  if (json) {
    service::Json answer = service::Json::object();
    answer.set("status", "error");
    answer.set("errors", service::to_json(issues.errors()));
    answer.set("warnings", service::to_json(issues.warnings()));
    print(answer.dump(2) + "\n");
  }
  return bad_input;
}

namespace {
Issues unreadable(const std::string& file) {
  Issues issues;
  issues.add({.severity = Severity::error, .code = "not_found", .message = "can't be read", .path = {}, .file = file, .column = {}});
  return issues;
}

Expected<std::string> read_standard_input() {
  std::string content;
  std::array<char, 65536> part{};
  while (const std::size_t bytes = std::fread(part.data(), 1, part.size(), stdin)) content.append(part.data(), bytes);
  if (std::ferror(stdin) != 0) return unreadable("standard input");
  return content;
}
}  // namespace

Expected<std::string> read_file(const std::string& path) {
  if (path == "-") return read_standard_input();
  std::ifstream in(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(in), {}};
  if (!in.is_open() || in.bad()) return unreadable(path);
  return content;
}

void write_file(const std::string& path, const std::function<bool(std::ostream&)>& write) {
  namespace fs = std::filesystem;
  std::error_code error;
  const bool special = fs::exists(path, error) && !fs::is_regular_file(path, error);  // a device, a pipe: nothing to swap in
  const std::string part = special ? path : path + ".part";
  errno = 0;
  std::ofstream out(part, std::ios::binary | std::ios::trunc);
  const bool written = out.is_open() && write(out);
  out.close();
  const int reason = errno;
  if (written && out && !special) fs::rename(part, path, error);
  if (written && out && !error) return;
  const std::string why = error ? error.message() : std::strerror(reason);
  if (!special) fs::remove(part, error);
  throw Exception("write_failed", fmt::format("{} can't be written: {}", path, why));
}

void write_file(const std::string& path, std::string_view content) {
  write_file(path, [content](std::ostream& out) {
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    return out.good();
  });
}

void print(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (written) return;
  const int reason = errno;
  if (reason == EPIPE) {  // the reader has left: end as the signal would have done, had it not been ignored
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
  }
  throw Exception("write_failed", fmt::format("standard output can't be written: {}", std::strerror(reason)));
}

void complain(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stderr) == text.size()) std::fflush(stderr);
}

}  // namespace bess::app
