#pragma once
// The exports that are recognised by their headers, for people to look at.

#include <string>
#include <vector>

namespace bess {

struct PresetInfo {
  std::string name;     ///< for --preset and the key preset of a mapping
  std::string title;    ///< whose export
  std::string example;  ///< a header of such a file
};

/// In the order in which they are tried.
[[nodiscard]] std::vector<PresetInfo> preset_list();

}  // namespace bess
