#include "importers/netcdf_apart.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>

#include "importers/netcdf_library.h"

namespace bess {
namespace {

enum class Question : std::uint8_t { has, attribute, longest_step_hours, read };
enum class Answer : std::uint8_t { given, refused };

/// A message: values one after the other, as this machine holds them.
class Message {
 public:
  Message() = default;
  explicit Message(std::string bytes) : bytes_(std::move(bytes)) {}

  template <class T>
  Message& put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Message& put_text(std::string_view text) {
    put(text.size());
    bytes_.append(text);
    return *this;
  }
  template <class T>
  Message& put_list(const std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T>);
    put(values.size());
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
    return *this;
  }

  template <class T>
  [[nodiscard]] T take() {
    T value{};
    std::memcpy(&value, part(sizeof value), sizeof value);
    return value;
  }
  [[nodiscard]] std::string take_text() {
    const auto size = take<std::size_t>();
    return {part(size), size};
  }
  template <class T>
  [[nodiscard]] std::vector<T> take_list() {
    const auto count = take<std::size_t>();
    if (count > bytes_.size() / sizeof(T)) throw too_short();
    std::vector<T> values(count);
    if (count > 0) std::memcpy(values.data(), part(count * sizeof(T)), count * sizeof(T));
    return values;
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  static NetcdfError too_short() { return {"unreadable_file", "the file is damaged: what was read of it makes no sense"}; }
  const char* part(std::size_t size) {
    if (size > bytes_.size() - next_) throw too_short();
    const char* begin = bytes_.data() + next_;
    next_ += size;
    return begin;
  }
  std::string bytes_;
  std::size_t next_{0};
};

bool send_all(int socket, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = ::send(socket, bytes, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool receive_all(int socket, char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t got = ::recv(socket, bytes, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    bytes += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

bool send(int socket, const Message& message) {
  const std::uint64_t size = message.bytes().size();
  return send_all(socket, reinterpret_cast<const char*>(&size), sizeof size) && send_all(socket, message.bytes().data(), size);
}

/// Nothing where the other side is gone, or what it says is longer than any message can be.
std::optional<Message> receive(int socket) {
  constexpr std::uint64_t longest = std::uint64_t{1} << 30U;
  std::uint64_t size = 0;
  if (!receive_all(socket, reinterpret_cast<char*>(&size), sizeof size) || size > longest) return std::nullopt;
  std::string bytes(size, '\0');
  if (!receive_all(socket, bytes.data(), bytes.size())) return std::nullopt;
  return Message(std::move(bytes));
}

// ---- the reader's side

/// The answer of `work`, or why it has none.
template <class Work>
Message answered(const Work& work) {
  const auto refused = [](const std::string& code, const std::string& text) {
    return Message().put(Answer::refused).put_text(code).put_text(text);
  };
  try {
    Message message;
    message.put(Answer::given);
    work(message);
    return message;
  } catch (const NetcdfError& e) {
    return refused(e.code(), e.what());
  } catch (const std::exception& e) {
    return refused("unreadable_file", std::string("the file cannot be read: ") + e.what());
  }
}

void answer(const NetcdfSource& file, Message& question, Message& message) {
  switch (question.take<Question>()) {
    case Question::has:
      message.put(file.has(question.take_text()));
      break;
    case Question::attribute: {
      const std::string variable = question.take_text();
      message.put_text(file.attribute(variable, question.take_text()));
      break;
    }
    case Question::longest_step_hours: {
      const std::optional<double> hours = file.longest_step_hours();
      message.put(hours.has_value()).put(hours.value_or(0.0));
      break;
    }
    case Question::read: {
      const std::string variable = question.take_text();
      const auto row = question.take<std::size_t>();
      const NetcdfValues values = file.read(variable, row, question.take<std::size_t>());
      message.put(values.precision).put_list(values.by_time);
      break;
    }
  }
}

/// What the process had open is closed, its signals are the system's again, what the library prints goes nowhere.
void stand_alone(int& socket) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (int signal = 1; signal < NSIG; ++signal) std::signal(signal, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  constexpr int own = 3;
  if (socket != own) socket = ::dup2(socket, own);
  ::close_range(own + 1, ~0U, 0);
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nowhere, standard);
  // Where memory ends, this process is the one to go.
  if (const int score = ::open("/proc/self/oom_score_adj", O_WRONLY); score >= 0) {
    [[maybe_unused]] const ssize_t written = ::write(score, "1000", 4);
    ::close(score);
  }
}

/// A question may take this much processor time: much more than any file needs, and an end where the library goes round in circles.
void allow_processor_time(std::uintmax_t file_bytes) {
  constexpr rlim_t least_s = 5;
  constexpr std::uintmax_t bytes_a_second = 4'000'000;  // of compressed values, where a question reads all there are
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  rlimit limit{};
  ::getrlimit(RLIMIT_CPU, &limit);
  limit.rlim_cur = static_cast<rlim_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + 1 + least_s + file_bytes / bytes_a_second;
  ::setrlimit(RLIMIT_CPU, &limit);
}

[[noreturn]] void serve(int socket, const std::filesystem::path& path) {
  stand_alone(socket);
  std::error_code unknown;
  const std::uintmax_t size = std::filesystem::file_size(path, unknown);
  const std::uintmax_t file_bytes = unknown ? 0 : size;
  allow_processor_time(file_bytes);
  std::unique_ptr<NetcdfSource> file;
  bool heard = send(socket, answered([&](Message& message) {
                      file = read_netcdf_here(path);
                      const NetcdfAxes& axes = file->axes();
                      message.put_list(axes.times).put_list(axes.latitudes).put_list(axes.longitudes);
                    }));
  while (heard && file) {
    std::optional<Message> question = receive(socket);
    allow_processor_time(file_bytes);
    heard = question && send(socket, answered([&](Message& message) { answer(*file, *question, message); }));
  }
  ::_exit(0);
}

// ---- this side

Message next_answer(int socket) {
  std::optional<Message> message = receive(socket);
  if (!message) throw NetcdfError("unreadable_file", "the file is damaged: the NetCDF library crashes on it or does not come to an end");
  if (message->take<Answer>() == Answer::given) return std::move(*message);
  std::string code = message->take_text();
  throw NetcdfError(std::move(code), message->take_text());
}

Message ask(int socket, const Message& question) {
  (void)send(socket, question);  // where nobody listens any more there is no answer either
  return next_answer(socket);
}

class ApartFile final : public NetcdfSource {
 public:
  explicit ApartFile(const std::filesystem::path& path);
  ~ApartFile() override;

  [[nodiscard]] const NetcdfAxes& axes() const override { return axes_; }
  [[nodiscard]] bool has(const std::string& variable) const override;
  [[nodiscard]] std::string attribute(const std::string& variable, const std::string& name) const override;
  [[nodiscard]] std::optional<double> longest_step_hours() const override;
  [[nodiscard]] NetcdfValues read(const std::string& variable, std::size_t row, std::size_t column) const override;

 private:
  void end();
  int socket_{-1};
  pid_t reader_{-1};
  NetcdfAxes axes_;
};

ApartFile::ApartFile(const std::filesystem::path& path) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw NetcdfError("unreadable_file", std::string("no reader can be started: ") + std::strerror(errno));
  reader_ = ::fork();
  if (reader_ == 0) serve(ends[1], path);
  const int failed = errno;
  ::close(ends[1]);
  socket_ = ends[0];
  try {
    if (reader_ < 0) throw NetcdfError("unreadable_file", std::string("no reader can be started: ") + std::strerror(failed));
    Message axes = next_answer(socket_);
    axes_.times = axes.take_list<Instant>();
    axes_.latitudes = axes.take_list<double>();
    axes_.longitudes = axes.take_list<double>();
  } catch (...) {
    end();
    throw;
  }
}

ApartFile::~ApartFile() { end(); }

void ApartFile::end() {
  ::close(socket_);
  if (reader_ <= 0) return;
  ::kill(reader_, SIGKILL);
  while (::waitpid(reader_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool ApartFile::has(const std::string& variable) const {
  return ask(socket_, Message().put(Question::has).put_text(variable)).take<bool>();
}

std::string ApartFile::attribute(const std::string& variable, const std::string& name) const {
  return ask(socket_, Message().put(Question::attribute).put_text(variable).put_text(name)).take_text();
}

std::optional<double> ApartFile::longest_step_hours() const {
  Message message = ask(socket_, Message().put(Question::longest_step_hours));
  const bool known = message.take<bool>();
  const auto hours = message.take<double>();
  return known ? std::optional(hours) : std::nullopt;
}

NetcdfValues ApartFile::read(const std::string& variable, std::size_t row, std::size_t column) const {
  Message message = ask(socket_, Message().put(Question::read).put_text(variable).put(row).put(column));
  NetcdfValues values;
  values.precision = message.take<double>();
  values.by_time = message.take_list<double>();
  return values;
}

}  // namespace

std::unique_ptr<NetcdfSource> read_netcdf_apart(const std::filesystem::path& path) { return std::make_unique<ApartFile>(path); }

}  // namespace bess
