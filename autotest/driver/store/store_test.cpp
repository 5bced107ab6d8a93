#include "driver/store/opening/open_store.h"

#include "driver/store/local/local_store.h"
#include "driver/store/network/vsi_store.h"

#include <gtest/gtest.h>

namespace tiledir::store
{

TEST(OpenStore, VsiPathsGoToGdalAndOthersToTheLocalFileSystem)
{
    EXPECT_NE(dynamic_cast<VsiStore *>(open_store("/vsimem/out").get()), nullptr);
    EXPECT_NE(dynamic_cast<LocalStore *>(open_store("/tmp/out").get()), nullptr);
    EXPECT_NE(dynamic_cast<LocalStore *>(open_store("out").get()), nullptr);
}

} // namespace tiledir::store
