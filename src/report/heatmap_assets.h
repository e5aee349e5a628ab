#pragma once
// The style sheet and the script of the heatmap page (heatmap.css, heatmap.js).

#include <string_view>

namespace bess::report {

[[nodiscard]] std::string_view heatmap_css();
[[nodiscard]] std::string_view heatmap_js();

}  // namespace bess::report
