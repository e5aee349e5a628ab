// libFuzzer target of ERA5 weather in NetCDF (importers/netcdf_era5.h): classic files, CDF-1, CDF-2 and CDF-5. Files of the other kind,
// NetCDF-4, are left to tests/robustness/files.py, which runs the program: their reader is a library that is not compiled here, and
// libFuzzer could neither see its way in it nor go on after it.
//
// Input: a line of option letters (nearest or bilinear, accumulation, needs, years), then the file. Beside crashes and sanitizers: a
// refusal has an error, every issue a known code, and an accepted series is whole and finite.

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "fuzz_support.h"
#include "generation/weather.h"
#include "importers/netcdf_era5.h"

namespace {

using namespace bess;
using namespace bess::fuzz;

/// A file in memory, written anew for every input.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("fuzz", 0)), path_("/proc/self/fd/" + std::to_string(descriptor_)) {
    require(descriptor_ >= 0, "there is a file in memory");
  }
  const std::filesystem::path& with(std::string_view bytes) {
    require(::ftruncate(descriptor_, 0) == 0, "the file can be emptied");
    require(::pwrite(descriptor_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()), "the file can be written");
    return path_;
  }

 private:
  int descriptor_;
  std::filesystem::path path_;
};

void check_series(const WeatherSeries& weather) {
  require(weather.rows > 0 && weather.step_s > 0, "a series is whole");
  for (const WeatherVariable& variable : weather_variables()) {
    const auto& values = weather.*(variable.values);
    require(values.empty() || values.size() == weather.rows, "a variable has every row:", variable.name);
    for (const double v : values) require(std::isfinite(v), "an accepted series has no hole:", variable.name);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static MemoryFile file;
  Input input(data, size);
  if (input.content.find("\x89HDF") != std::string_view::npos) return 0;
  Era5Options options;
  options.selection = input.choose(2) == 1 ? GridSelection::bilinear : GridSelection::nearest;
  options.accumulation = static_cast<FluxAccumulation>(input.choose(3));
  WeatherRequest request{.latitude = 52.6, .longitude = 13.1};
  const std::size_t needs = input.choose(4);
  if ((needs & 1U) != 0) request.needs.push_back(WeatherNeed::solar);
  if ((needs & 2U) != 0) request.needs.push_back(WeatherNeed::wind);
  request.allow_partial = input.choose(2) == 0;
  if (input.choose(2) == 1) request.years = YearRange{2017, 2017};
  const std::array<std::filesystem::path, 1> files{file.with(input.content)};
  const auto result = read_era5(files, request, options);
  if (result) {
    check_warnings(result->warnings);
    check_series(result->series);
  } else {
    check_refusal(result.issues());
  }
  return 0;
}
