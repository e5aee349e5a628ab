#pragma once
// Internal to the importers: how long each row of a file holds.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "market/market.h"
#include "timeline/calendar.h"

namespace bess {

/// A stretch of rows [first, last) of one regular step, or of reserve blocks.
struct RegularPart {
  std::size_t first{0};
  std::size_t last{0};
  std::chrono::seconds step{0};  ///< 0: local blocks of `block_hours`
  int block_hours{0};
};

struct RowLengths {
  std::vector<std::int32_t> duration_s;  ///< per row
  std::vector<RegularPart> parts;        ///< one, or two where hours become quarter-hours
  int finest_minutes{0};
};

/// What a column's rows may be like.
enum class Rhythm : std::uint8_t {
  regular,  ///< 5, 15, 30 or 60 minutes
  reserve,  ///< those, or blocks by the local clock (24, or 4 hours)
  steps,    ///< each row holds until the next
};

struct RowTimes {
  std::span<const Instant> start{};  ///< ascending
  std::span<const Instant> end{};    ///< empty: not given
  std::span<const std::size_t> row{};
};

/// Lengths of rows that are as they are meant: from their start to their end, without overlap, of at most 25 hours unless `any_length`.
/// Issues: irregular_resolution, missing_column (no ends). `parts` stays empty.
[[nodiscard]] std::optional<RowLengths> exact_lengths(const RowTimes& times, bool any_length, const std::string& file, Issues& issues);

/// Lengths of the rows. `switch_at`: where a legal change from hours to quarter-hours lies. Issues: irregular_resolution; warning
/// `assumed` for a single row. No value after an error.
[[nodiscard]] std::optional<RowLengths> row_lengths(const RowTimes& times, Rhythm rhythm, std::optional<Instant> switch_at,
                                                    const MarketCalendar& calendar, const std::string& file, Issues& issues);

}  // namespace bess
