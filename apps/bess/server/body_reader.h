#pragma once
// Puts a request's body together from the parts in which it arrives, under limits of size and common memory.

#include <cstddef>
#include <optional>
#include <string_view>

#include "bess/server/byte_budget.h"
#include "bess/server/http.h"
#include "bess/server/multipart.h"
#include "bess/server/packing.h"

namespace bess::app {

class BodyReader {
 public:
  /// Fills `request` and takes the memory from `budget`; both outlive it. `limit`: bytes, unpacked.
  BodyReader(HttpRequest& request, BudgetShare& budget, std::size_t limit);

  /// The next bytes of the body. After a refusal nothing more may come.
  [[nodiscard]] std::optional<HttpResponse> take(std::string_view bytes);
  /// The body has ended.
  [[nodiscard]] std::optional<HttpResponse> finish();
  /// The body will not come to its end: the client is gone, or it can't be told where it ends.
  [[nodiscard]] HttpResponse cut_off() const;
  /// Bytes until now, unpacked.
  [[nodiscard]] std::size_t size() const { return total_; }

 private:
  bool take_plain(std::string_view bytes);
  bool refuse(HttpResponse answer);

  HttpRequest& request_;
  BudgetShare& budget_;
  const std::size_t limit_;
  const bool form_;
  std::optional<Unpacker> unpacker_;
  std::optional<MultipartReader> parts_;
  std::optional<HttpResponse> refusal_;
  std::size_t total_{0};
};

}  // namespace bess::app
