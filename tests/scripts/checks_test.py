"""The checks of ./run lint find what they are for, and nothing else. Run: python3 tests/scripts/checks_test.py"""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import check_docs
import check_layers
import check_unused


class Layers(unittest.TestCase):
    rules = check_layers.Rules("```layers\n1 store\n0 base\nlibrary zip.h -> src/store/zip.cpp\nlibrary fmt/ -> *.cpp\nsystem unistd.h sys/\n```\n")

    def foreign(self, file: str, header: str) -> str | None:
        return self.rules.check(file, "store", False, header)

    def test_a_library_belongs_to_its_file(self):
        self.assertIsNone(self.foreign("src/store/zip.cpp", "zip.h"))
        self.assertIn("src/store/zip.cpp", self.foreign("src/store/other.cpp", "zip.h"))
        self.assertIn("alone", self.foreign("src/store/zip.h", "zip.h"))

    def test_a_pattern_opens_it_to_sources_but_not_to_headers(self):
        self.assertIsNone(self.foreign("src/base/error.cpp", "fmt/format.h"))
        self.assertIsNotNone(self.foreign("src/base/error.h", "fmt/format.h"))

    def test_a_library_that_is_not_listed_is_refused(self):
        self.assertIn("no library", self.foreign("src/store/zip.cpp", "curl/curl.h"))
        for header in ("vector", "unistd.h", "sys/stat.h"):
            self.assertIsNone(self.foreign("src/store/zip.h", header))


class Docs(unittest.TestCase):
    pages = {"docs/a.md": "# Two words, `code`\n\n## Same\n\n## Same\n", "README.md": "", "src/base/sum.h": "", "run": ""}
    tree = check_docs.Tree(pages, {"docs", "src", "src/base", "."}, {"add"})

    def problems(self, text: str, page: str = "docs/b.md") -> list[str]:
        return check_docs.check_page(page, text, self.tree)

    def test_links_to_files_and_headings(self):
        good = "[x](a.md) [x](../README.md) [x](a.md#two-words-code) [x](a.md#same-1) [x](https://example.org/a.md) [x](../src/base/)\n"
        self.assertEqual(self.problems(good), [])
        self.assertIn("docs/b.md:2: the link c.md leads nowhere", self.problems("\n[x](c.md)\n"))
        self.assertIn("no heading #three", self.problems("[x](a.md#three)\n")[0])
        self.assertIn("no heading #none", self.problems("[x](#none)\n", "docs/a.md")[0])

    def test_files_in_code(self):
        self.assertEqual(self.problems("`base/sum.h`, `src/base/sum.h`, `sum.h`, `docs/a.md`, `report.json`\n"), [])
        for gone in ("base/quantity.h", "src/base/gone.cpp", "docs/gone.md", "gone.h"):
            self.assertEqual(len(self.problems(f"`{gone}`\n")), 1, gone)

    def test_functions_in_code(self):
        self.assertEqual(self.problems("`add()`, `bess::add()`, `x(1)`\n"), [])
        self.assertEqual(len(self.problems("`remove()`\n")), 1)

    def test_fenced_blocks_and_replaced_pages(self):
        self.assertEqual(self.problems("```\n[x](c.md) `gone()`\n```\n"), [])
        self.assertEqual(self.problems("*Replaced by [x](a.md).*\n`gone.h`\n"), [])


class Unused(unittest.TestCase):
    header = "[[nodiscard]] int used(int x);\n/// as unused()\n[[nodiscard]] std::vector<int> unused(int x);\nstruct S {\n  void member();\n};\n"

    def test_functions(self):
        files = {"src/base/a.h": self.header,
                 "src/base/a.cpp": '#include "base/a.h"\nint used(int x) { return x; }\nstd::vector<int> unused(int) { return {}; }\n'
                                   "void S::member() {}\n",
                 "apps/b.cpp": '#include "base/a.h"\nint main() {\n  return used(1);  // unused()\n}\n'}
        self.assertEqual(set(check_unused.unused_functions(files)), {"unused", "member"})
        files["apps/b.cpp"] += "void f(S& s) {\n  s.member();\n  auto x = unused(2);\n}\n"
        self.assertEqual(check_unused.unused_functions(files), {})

    def test_headers(self):
        files = {"src/base/a.h": "", "src/base/a.cpp": '#include "base/a.h"\n', "src/base/b.h": "", "apps/c.cpp": '#include "base/b.h"\n'}
        self.assertEqual(check_unused.unused_headers(files), ["src/base/a.h"])


if __name__ == "__main__":
    unittest.main()
