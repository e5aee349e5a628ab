#include "dispatch/model/shape.h"

#include "base/error.h"

namespace bess::dispatch {

void no_such_shape() { assertion_failed("legal(features)", "dispatch/model/features.h: these features have no shape together", 0); }

}  // namespace bess::dispatch
