#pragma once
// A multipart form (RFC 7578), read as it arrives.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "bess/server/http.h"

namespace bess::app {

class MultipartReader {
 public:
  /// A part begins (name, file name and type are known), or goes on. False: stop.
  struct Events {
    std::function<bool(FormPart)> begin;
    std::function<bool(std::string_view)> more;
  };
  enum class Result : std::uint8_t { good, malformed, stopped };

  MultipartReader(const std::string& boundary, Events events);
  [[nodiscard]] Result take(std::string_view bytes);
  /// Whether the closing boundary has come.
  [[nodiscard]] bool complete() const { return place_ == Place::behind; }

 private:
  enum class Place : std::uint8_t { first_boundary, after_boundary, head, content, behind };
  /// False: more bytes are needed first.
  [[nodiscard]] bool step(Result& result);
  [[nodiscard]] bool first_boundary(Result& result);
  [[nodiscard]] bool after_boundary(Result& result);
  [[nodiscard]] bool head(Result& result);
  [[nodiscard]] bool content(Result& result);
  [[nodiscard]] std::string_view rest() const { return std::string_view(bytes_).substr(next_); }

  const std::string delimiter_;  ///< with the line end before it
  const Events events_;
  Place place_{Place::first_boundary};
  std::string bytes_;  ///< what could not be told yet
  std::size_t next_{0};
};

/// The parameter `boundary` of a Content-Type; none when it is missing or no boundary.
[[nodiscard]] std::optional<std::string> multipart_boundary(std::string_view content_type);

}  // namespace bess::app
