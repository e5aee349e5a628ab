#pragma once
#include <vector>

#include "bess/command.h"

namespace bess::app {
/// All registered commands in the order they are listed.
[[nodiscard]] std::vector<Command> registered_commands();
}  // namespace bess::app
