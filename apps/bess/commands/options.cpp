// bess options: every option of a request and every field of the answers, for people and programs.

#include <memory>
#include <string>

#include "bess/command.h"
#include "service/answers/answer_docs.h"
#include "service/options/option_docs.h"

namespace bess::app {

namespace {

struct Format {
  bool markdown{false};
  bool schema{false};
  bool answers{false};
};

std::string text_of(const Format& a) {
  if (a.answers) return a.schema ? service::answer_schemas().dump(2) + "\n" : service::answers_page();
  if (a.schema) return service::request_schema().dump(2) + "\n";
  return a.markdown ? service::options_page() : service::request_help();
}

CommandRun add_options(Arguments& arguments, CommandContext&) {
  auto a = std::make_shared<Format>();
  const Argument markdown = arguments.flag("--markdown", a->markdown, "as docs/options.md");
  arguments.flag("--schema,--json", a->schema, "as JSON Schema").excludes(markdown);
  arguments.flag("--answers", a->answers, "the fields of answers, as docs/answers.md; with --schema as JSON Schema by name")
      .excludes(markdown);
  return [a] {
    print(text_of(*a));
    return done;
  };
}

const CommandRegistration registration{{.order = 60,
                                        .name = "options",
                                        .help = "list every option of a simulation request, with unit, default and range",
                                        .add = add_options}};

}  // namespace

}  // namespace bess::app
