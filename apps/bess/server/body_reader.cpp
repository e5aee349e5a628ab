#include "bess/server/body_reader.h"

#include <fmt/format.h>

#include <utility>

#include "bess/server/problem.h"
#include "bess/server/request_body.h"

namespace bess::app {

namespace {

constexpr std::size_t max_parts = 128;

HttpResponse malformed_form() { return problem(400, "malformed_multipart", "the form is cut off or malformed"); }

}  // namespace

BodyReader::BodyReader(HttpRequest& request, BudgetShare& budget, std::size_t limit)
    : request_(request), budget_(budget), limit_(limit), form_(request.media_type() == "multipart/form-data") {
  if (const std::string packing = request.header("content-encoding"); packing == "gzip" || packing == "deflate") unpacker_.emplace();
  const auto boundary = form_ ? multipart_boundary(request.header("content-type")) : std::nullopt;
  if (!boundary) return;
  parts_.emplace(*boundary,
                 MultipartReader::Events{.begin =
                                             [this](FormPart part) {
                                               if (request_.parts.size() >= max_parts)
                                                 return refuse(problem(413, "too_large", fmt::format("more than {} parts", max_parts)));
                                               request_.parts.push_back(std::move(part));
                                               return true;
                                             },
                                         .more =
                                             [this](std::string_view bytes) {
                                               request_.parts.back().content.append(bytes);
                                               return true;
                                             }});
}

bool BodyReader::refuse(HttpResponse answer) {
  refusal_ = std::move(answer);
  // What has come of it makes room for others at once.
  std::string().swap(request_.body);
  std::vector<FormPart>().swap(request_.parts);
  budget_.give_back();
  return false;
}

bool BodyReader::take_plain(std::string_view bytes) {
  total_ += bytes.size();
  if (total_ > limit_) return refuse(body_too_large(limit_));
  if (!budget_.take(bytes.size())) return refuse(problem(503, "too_many_uploads", "the memory for uploads is in use; try again"));
  if (!form_) {
    request_.body.append(bytes);
    return true;
  }
  if (!parts_ || parts_->take(bytes) == MultipartReader::Result::malformed) return refuse(malformed_form());
  return !refusal_;
}

std::optional<HttpResponse> BodyReader::take(std::string_view bytes) {
  if (!unpacker_) {
    take_plain(bytes);
  } else if (!unpacker_->unpack(bytes, [this](std::string_view plain) { return take_plain(plain); }) && !refusal_) {
    refuse(problem(400, "truncated_body", "the packed body is damaged"));
  }
  return std::move(refusal_);
}

std::optional<HttpResponse> BodyReader::finish() {
  if (unpacker_ && !unpacker_->complete()) return problem(400, "truncated_body", "the packed body is cut off");
  if (form_ && (!parts_ || !parts_->complete())) return malformed_form();
  return {};
}

HttpResponse BodyReader::cut_off() const { return form_ ? malformed_form() : problem(400, "truncated_body", "the body is cut off"); }

}  // namespace bess::app
