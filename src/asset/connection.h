#pragma once
// The grid connection.

namespace bess {

struct ConnectionSpec {
  double import_limit_mw{0};  ///< Gimp, for the whole site
  double export_limit_mw{0};  ///< Gexp
};

}  // namespace bess
