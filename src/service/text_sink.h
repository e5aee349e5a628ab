#pragma once
// Where long texts go, part by part.

#include <functional>
#include <string_view>

namespace bess::service {

/// Takes the next part of a text; false: nobody listens any more, stop.
using TextSink = std::function<bool(std::string_view)>;

}  // namespace bess::service
