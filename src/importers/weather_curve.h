#pragma once
// A user's wind power curve from CSV: a header with wind_speed_m_per_s and power_kw or power_mw (or "wind_speed" and "value" in W, as
// the Open Energy Database exports), one point per row in any order.

#include <string_view>

#include "base/error.h"
#include "generation/power_curve.h"

namespace bess {

/// UTF-8, with or without byte order mark. Codes: encoding, missing_column, bad_number (file, row, column), out_of_range (check_curve).
[[nodiscard]] Expected<PowerCurve> parse_power_curve_csv(std::string_view text, std::string_view file_name);

}  // namespace bess
