#include "store/store.h"

#include "store/context.h"
#include "store/disk.h"

namespace bess {

Store::Store(StoreOptions options) : context_(std::make_shared<StoreContext>(std::move(options))) {
  make_directory(context_->directory);
  scenarios_ = std::make_unique<ScenarioManager>(context_);
  profiles_ = std::make_unique<ProfileManager>(context_);
}

Store::~Store() = default;

Issues Store::preload(const CancellationToken* cancel) {
  Issues issues = scenarios_->preload(cancel);
  issues.append(profiles_->preload(cancel));
  return issues;
}

void Store::clear_cache() { context_->cache.clear(); }

}  // namespace bess
