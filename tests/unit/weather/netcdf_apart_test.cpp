// A NetCDF-4 file is read in a process of its own: what it does to the library does not reach this one.
#include "importers/netcdf_apart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <thread>

#include "era5_fixture.h"
#include "importers/netcdf_library.h"
#include "known_formats_support.h"

namespace bess {
namespace {

using test::codes_of;
using test::small_era5;
using test::TemporaryDirectory;
using test::write_era5;

/// Whether any process of ours is left, ended or not.
bool children_left() { return ::waitpid(-1, nullptr, WNOHANG) >= 0 || errno != ECHILD; }

TEST(NetcdfApart, AnswersAsTheLibraryDoesHere) {
  const TemporaryDirectory dir;
  for (const bool new_names : {false, true}) {
    write_era5(dir / "w.nc", small_era5(new_names));
    const auto apart = read_netcdf_apart(dir / "w.nc");  // before the library here knows the file
    const auto here = read_netcdf_here(dir / "w.nc");
    EXPECT_EQ(apart->axes().times, here->axes().times);
    EXPECT_EQ(apart->axes().latitudes, here->axes().latitudes);
    EXPECT_EQ(apart->axes().longitudes, here->axes().longitudes);
    EXPECT_EQ(apart->longest_step_hours(), here->longest_step_hours());
    EXPECT_EQ(apart->longest_step_hours(), 1.0);
    for (const std::string variable : {"ssrd", "t2m", "absent"}) {
      EXPECT_EQ(apart->has(variable), here->has(variable));
      EXPECT_EQ(apart->attribute(variable, "units"), here->attribute(variable, "units"));
      if (variable == "absent") continue;
      const NetcdfValues a = apart->read(variable, 1, 2);
      const NetcdfValues b = here->read(variable, 1, 2);
      EXPECT_EQ(a.by_time, b.by_time);
      EXPECT_EQ(a.precision, b.precision);
      EXPECT_EQ(a.by_time.size(), 48U);
    }
    try {
      (void)apart->read("absent", 0, 0);
      ADD_FAILURE() << "a variable that is not there was read";
    } catch (const NetcdfError& e) {
      EXPECT_EQ(e.code(), "unreadable_file");
    }
    EXPECT_TRUE(apart->has("t2m")) << "a problem does not end the reader";
  }
  EXPECT_FALSE(children_left());
}

// Files on which HDF5 1.10 ends with a segmentation fault: in the links of a group, and in its heap of texts. Later versions refuse the
// first and get past the second.
TEST(NetcdfApart, FilesThatCrashTheLibraryAreRefused) {
  for (const char* name : {"links.nc", "heap.nc"}) {
    const std::filesystem::path file = std::filesystem::path(BESS_SOURCE_DIR) / "tests/unit/weather/damaged" / name;
    ASSERT_TRUE(std::filesystem::exists(file));
    const std::vector<std::string> codes = codes_of(file);
    if (std::string_view(name) == "heap.nc" && codes.empty()) continue;
    EXPECT_THAT(codes, testing::ElementsAre("unreadable_file")) << name;
  }
  EXPECT_FALSE(children_left());
}

TEST(NetcdfApart, NoSuchFile) {
  const TemporaryDirectory dir;
  EXPECT_THROW((void)read_netcdf_apart(dir / "absent.nc"), NetcdfError);
  EXPECT_FALSE(children_left());
}

TEST(NetcdfApart, SeveralThreadsReadAtOnce) {
  const TemporaryDirectory dir;
  write_era5(dir / "w.nc", small_era5(true));
  std::vector<std::jthread> threads;
  std::vector<std::size_t> problems(4, 99);
  for (std::size_t i = 0; i < problems.size(); ++i) threads.emplace_back([&, i] { problems[i] = codes_of(dir / "w.nc").size(); });
  threads.clear();
  EXPECT_THAT(problems, testing::Each(0U));
  EXPECT_FALSE(children_left());
}

// HDF5 goes round in circles on it: the reader's processor time has an end.
TEST(NetcdfApart, AFileWithoutEndIsRefused) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(codes_of(std::filesystem::path(BESS_SOURCE_DIR) / "tests/unit/weather/damaged/circle.nc"),
              testing::ElementsAre("unreadable_file"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{60});
  EXPECT_FALSE(children_left());
}

}  // namespace
}  // namespace bess
