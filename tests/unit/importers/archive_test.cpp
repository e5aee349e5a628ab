#include "importers/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zip.h>

#include "import_support.h"

namespace bess {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Member {
  std::string name;
  std::string bytes;
  unsigned unix_mode{0};
};

/// A ZIP archive in memory, made by libzip.
std::string make_zip(const std::vector<Member>& members) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(target);
  zip_t* archive = zip_open_from_source(target, ZIP_TRUNCATE, &error);
  for (const Member& m : members) {
    const zip_int64_t index =
        m.name.ends_with('/')
            ? zip_dir_add(archive, m.name.c_str(), 0)
            : zip_file_add(archive, m.name.c_str(), zip_source_buffer(archive, m.bytes.data(), m.bytes.size(), 0), ZIP_FL_ENC_UTF_8);
    if (m.unix_mode != 0)
      zip_file_set_external_attributes(archive, static_cast<zip_uint64_t>(index), 0, ZIP_OPSYS_UNIX, m.unix_mode << 16U);
  }
  zip_close(archive);
  zip_stat_t stat;
  zip_stat_init(&stat);
  zip_source_stat(target, &stat);
  std::string bytes(stat.size, '\0');
  zip_source_open(target);
  zip_source_read(target, bytes.data(), bytes.size());
  zip_source_close(target);
  zip_source_free(target);
  return bytes;
}

std::string first_code(const std::string& zip, const ArchiveLimits& limits = {}) {
  const auto result = read_archive(zip, "a.zip", limits);
  return result ? "" : result.issues().all()[0].code;
}

TEST(Archives, GiveTheirFilesAndTheMapping) {
  const std::string zip = make_zip(
      {{"prices/", ""}, {"prices/a.csv", "timestamp,day_ahead\n"}, {"B.CSV", "x"}, {"mapping.json", "{}"}, {"__MACOSX/._a.csv", "junk"}});
  EXPECT_TRUE(looks_like_zip(zip));
  EXPECT_FALSE(looks_like_zip("timestamp,day_ahead"));
  const auto archive = read_archive(zip, "a.zip");
  ASSERT_TRUE(archive) << archive.issues().all()[0].message;
  ASSERT_EQ(archive->files.size(), 2U);
  EXPECT_EQ(archive->files[0].name, "prices/a.csv");
  EXPECT_EQ(archive->files[0].bytes, "timestamp,day_ahead\n");
  EXPECT_EQ(archive->files[1].name, "B.CSV");
  EXPECT_EQ(archive->mapping_json, "{}");
}

TEST(Archives, UnsafeMembersAreRefusedAndAllListed) {
  const auto result = read_archive(make_zip({{"../a.csv", "x"},
                                             {"/etc/b.csv", "x"},
                                             {"c/../../d.csv", "x"},
                                             {"inner.zip", "x"},
                                             {"data.tar.gz", "x"},
                                             {"run.exe", "x"},
                                             {"C:\\e.csv", "x"},
                                             {"link.csv", "target", 0120777},
                                             {"fine.csv", "x"}}),
                                   "a.zip");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.issues().all().size(), 8U);
  for (const Issue& issue : result.issues().all()) EXPECT_EQ(issue.code, "zip_unsafe") << issue.file;
  EXPECT_EQ(result.issues().all()[0].file, "a.zip/../a.csv");
  EXPECT_THAT(result.issues().all()[7].message, HasSubstr("link"));
}

// A name that is marked as UTF-8 and is not (a letter in more bytes than it needs, which libzip lets pass): it cannot be told, and a store
// or a terminal could not take it.
TEST(Archives, NamesThatAreNoTextAreRefused) {
  std::string zip =
      make_zip({{"pr\xC3\xBC"
                 "fung.csv",
                 "timestamp,day_ahead\n2024-01-01T00:00:00Z,1\n"}});
  EXPECT_EQ(first_code(zip), "");
  for (std::size_t at = zip.find("\xC3\xBC"); at != std::string::npos; at = zip.find("\xC3\xBC")) zip[at] = '\xC1';
  const auto result = read_archive(zip, "a.zip", {});
  ASSERT_FALSE(result);
  ASSERT_EQ(result.issues().all().size(), 1U);
  EXPECT_EQ(result.issues().all().front().code, "zip_unsafe");
  EXPECT_EQ(result.issues().all().front().message, "the name of member 1 is damaged");
}

TEST(Archives, LimitsAreCountedWhileInflating) {
  const std::string big(3 * 1024 * 1024, 'x');
  EXPECT_EQ(first_code(make_zip({{"bomb.csv", big}})), "zip_unsafe");
  std::string noise;
  for (std::uint32_t i = 0, x = 1; i < 400000; ++i) noise += static_cast<char>('0' + ((x = x * 1664525U + 1013904223U) >> 24U) % 10U);
  EXPECT_EQ(first_code(make_zip({{"a.csv", noise}})), "");
  EXPECT_EQ(first_code(make_zip({{"a.csv", noise}, {"b.csv", noise}}), {.unpacked_bytes = 500000}), "too_large");
  EXPECT_EQ(first_code(make_zip({{"a.csv", noise}}), {.unpacked_bytes = 400000}), "");
  std::vector<Member> many;
  for (int i = 0; i < 101; ++i) many.push_back({std::to_string(i) + ".csv", "x"});
  EXPECT_EQ(first_code(make_zip(many)), "too_large");
  many.pop_back();
  EXPECT_EQ(first_code(make_zip(many)), "");
}

TEST(Archives, ALyingHeaderDoesNotHelp) {
  // The uncompressed size in both headers is overwritten by a small one: the bytes that come out count.
  std::string zip = make_zip({{"bomb.csv", std::string(3 * 1024 * 1024, 'x')}});
  const std::string size("\x00\x00\x30\x00", 4);
  for (std::size_t at = zip.find(size); at != std::string::npos; at = zip.find(size, at + 1))
    zip.replace(at, 4, std::string("\x10\x00\x00\x00", 4));
  EXPECT_EQ(first_code(zip), "zip_unsafe");
}

TEST(Archives, DamagedOnesAreRefused) {
  const std::string zip = make_zip({{"a.csv", "timestamp,day_ahead\n2024-01-01T00:00:00Z,1\n"}, {"b.csv", std::string(5000, 'y')}});
  EXPECT_EQ(first_code("not a zip"), "zip_unsafe");
  EXPECT_EQ(first_code(""), "zip_unsafe");
  EXPECT_EQ(first_code(make_zip({{"mapping.json", "{}"}})), "zip_unsafe");
  for (std::size_t cut = 1; cut < zip.size(); cut += 7) {
    EXPECT_FALSE(read_archive(zip.substr(0, cut), "a.zip")) << cut;
  }
  for (std::size_t at = 0; at < zip.size(); ++at) {
    std::string broken = zip;
    broken[at] = static_cast<char>(broken[at] ^ 0x5A);
    const auto result = read_archive(broken, "a.zip");  // whatever comes, it comes as a value
    EXPECT_TRUE(result || result.issues().has_errors());
  }
}

}  // namespace
}  // namespace bess
