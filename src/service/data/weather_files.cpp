#include "service/data/weather_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <fstream>

#include "importers/archive.h"
#include "importers/weather_merge.h"
#include "service/data/weather_json.h"
#include "store/uuid.h"

namespace bess::service {

namespace fs = std::filesystem;

namespace {

/// A folder for one call, removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_(fs::temp_directory_path() / ("bess-weather-" + make_uuid())) {
    std::error_code error;
    fs::create_directory(path_, error);
    if (error) throw Exception("write_failed", fmt::format("{} can't be made: {}", path_.string(), error.message()));
    fs::permissions(path_, fs::perms::owner_all, error);
  }
  ~TemporaryFolder() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  /// Writes a file under a name of our own.
  [[nodiscard]] fs::path write(std::string_view bytes) {
    fs::path file = path_ / std::to_string(count_++);
    std::ofstream out(file, std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) throw Exception("write_failed", "the weather can't be kept for reading");
    return file;
  }

 private:
  fs::path path_;
  int count_{0};
};

bool begins_like_netcdf(std::string_view bytes) { return bytes.starts_with("CDF") || bytes.starts_with("\x89HDF"); }

Issues file_error(std::string code, std::string message, const std::string& name) {
  Issues issues;
  issues.add({Severity::error, std::move(code), std::move(message), {}, name, 0, {}});
  return issues;
}

Expected<std::string> content_of(const fs::path& path, const std::string& name) {
  constexpr std::uintmax_t largest_file = std::uintmax_t{1} << 31;
  std::error_code failed;
  const auto size = fs::file_size(path, failed);
  if (failed) return file_error("not_found", "no such weather file", name);
  if (size > largest_file) return file_error("too_large", "the weather file is larger than 2 GiB", name);
  std::ifstream stream(path, std::ios::binary);
  std::string text(size, '\0');
  if (!stream.read(text.data(), static_cast<std::streamsize>(size)))
    return file_error("unreadable_file", "the weather file can't be read", name);
  return text;
}

std::string head_of(const fs::path& path) {
  std::string head(4, '\0');
  std::ifstream stream(path, std::ios::binary);
  stream.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
  return head;
}

class WeatherFiles {
 public:
  WeatherFiles(const WeatherReadingPlan& plan, const ProgressCallback& progress, const CancellationToken* cancel)
      : plan_(plan), progress_(progress), cancel_(cancel) {}

  Expected<ImportedWeather> read(std::span<const WeatherSource> sources) {
    for (const WeatherSource& source : sources) {
      const std::string head = source.path.empty() ? std::string(source.bytes.substr(0, 4)) : head_of(source.path);
      if (looks_like_zip(head)) {
        unpack(source);
      } else {
        files_.push_back(source);
        netcdf_.push_back(begins_like_netcdf(head));
      }
    }
    if (issues_.has_errors()) return issues_;
    const auto grids = std::count(netcdf_.begin(), netcdf_.end(), true);
    if (grids > 0 && static_cast<std::size_t>(grids) < files_.size())
      return one_error("wrong_type", "/weather", "NetCDF and CSV files can't be mixed");
    return grids > 0 ? read_grids() : read_texts();
  }

 private:
  void unpack(const WeatherSource& source) {
    ArchiveLimits limits;
    limits.weather = true;
    limits.unpacked_bytes = 1ULL << 30;
    std::string_view bytes = source.bytes;
    if (!source.path.empty()) {
      Expected<std::string> content = content_of(source.path, source.name);
      if (!content) return issues_.append(content.issues());
      bytes = kept_.emplace_back(std::move(*content));
    }
    Expected<Archive> archive = read_archive(bytes, source.name, limits);
    if (!archive) return issues_.append(archive.issues());
    for (ArchiveMember& member : archive->files) {
      netcdf_.push_back(begins_like_netcdf(member.bytes));
      files_.push_back(
          {.name = fmt::format("{}/{}", source.name, member.name), .path = {}, .bytes = kept_.emplace_back(std::move(member.bytes))});
    }
  }

  Expected<ImportedWeather> read_grids() {
    TemporaryFolder folder;
    std::vector<fs::path> paths;
    Era5Options options = plan_.era5;
    for (const WeatherSource& file : files_) {
      paths.push_back(file.path.empty() ? folder.write(file.bytes) : file.path);
      options.names.push_back(file.name);
    }
    return read_era5(paths, plan_.request, options, progress_, cancel_);
  }

  /// One text as it was asked for, or one part of several.
  Expected<ImportedWeather> read_text(const WeatherSource& file, const WeatherRequest& request) {
    std::string_view text = file.bytes;
    if (!file.path.empty()) {
      Expected<std::string> content = content_of(file.path, file.name);
      if (!content) return content.issues();
      text = kept_.emplace_back(std::move(*content));
    }
    if (looks_like_json(text)) {
      Expected<std::string> csv = csv_of_weather_json(text, file.name);
      if (!csv) return csv.issues();
      text = kept_.emplace_back(std::move(*csv));
    }
    return parse_weather_csv(text, file.name, request, plan_.csv, progress_, cancel_);
  }

  Expected<ImportedWeather> read_texts() {
    if (files_.size() == 1) return read_text(files_.front(), plan_.request);
    WeatherRequest part = plan_.request;
    part.years.reset();
    part.allow_partial = true;
    part.needs.clear();
    std::vector<WeatherSeries> series;
    std::vector<std::string> names;
    for (const WeatherSource& file : files_) {
      Expected<ImportedWeather> weather = read_text(file, part);
      if (!weather) {
        issues_.append(weather.issues());
        continue;
      }
      issues_.append(weather->warnings);
      series.push_back(std::move(weather->series));
      names.push_back(file.name);
    }
    if (issues_.has_errors()) return issues_;
    Expected<WeatherSeries> merged = merge_weather(series, names);
    if (!merged) return merged.issues();
    return finish_weather(std::move(*merged), plan_.request, std::move(issues_));
  }

  const WeatherReadingPlan& plan_;
  const ProgressCallback& progress_;
  const CancellationToken* cancel_;
  std::vector<WeatherSource> files_;
  std::vector<bool> netcdf_;
  std::deque<std::string> kept_;
  Issues issues_;
};

}  // namespace

Expected<ImportedWeather> read_weather(std::span<const WeatherSource> sources, const WeatherReadingPlan& plan,
                                       const ProgressCallback& progress, const CancellationToken* cancel) {
  return WeatherFiles(plan, progress, cancel).read(sources);
}

}  // namespace bess::service
