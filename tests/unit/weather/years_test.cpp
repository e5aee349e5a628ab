// Years that no profile can be made of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>

#include "era5_fixture.h"
#include "importers/netcdf_era5.h"
#include "known_formats_support.h"

namespace bess {
namespace {

using test::codes_of;
using test::Era5Fixture;
using test::small_era5;
using test::TemporaryDirectory;
using test::write_era5;

// A profile of such years could be stored and not be read again.
TEST(WeatherYears, OutsideTheMarketCalendarAreRefused) {
  const TemporaryDirectory dir;
  using namespace std::chrono;
  for (const sys_days day : {sys_days{year{1969} / 6 / 1}, sys_days{year{2199} / 12 / 31}, sys_days{year{4017} / 3 / 5}}) {
    for (const bool new_names : {false, true}) {
      Era5Fixture f = small_era5(new_names);
      f.first_stamp = Instant{day};
      write_era5(dir / "w.nc", f);
      EXPECT_THAT(codes_of(dir / "w.nc"), testing::ElementsAre("out_of_range")) << day.time_since_epoch().count();
    }
  }
}

// What was asked for may lie wholly outside of the file: a part of nothing is no weather.
TEST(WeatherYears, OtherThanTheFilesAreRefusedEvenWhenPartsAreAllowed) {
  const TemporaryDirectory dir;
  for (const bool new_names : {false, true}) {
    write_era5(dir / "w.nc", small_era5(new_names));
    const std::array<std::filesystem::path, 1> files{dir / "w.nc"};
    const auto read = read_era5(files, {.latitude = 52.6, .longitude = 13.1, .years = YearRange{2017, 2017}, .allow_partial = true});
    ASSERT_FALSE(read);
    EXPECT_EQ(read.issues().all().front().code, "incomplete_year");
  }
}

}  // namespace
}  // namespace bess
