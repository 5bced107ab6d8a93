#include "driver/store/local/lock_file.h"

#include "stac/error.h"

#include <gtest/gtest.h>

#include <boost/filesystem.hpp>

namespace tiledir::store
{

namespace fs = boost::filesystem;

namespace
{

constexpr off_t kByte = 7;

class LockFileTest : public testing::Test
{
protected:
    ~LockFileTest() override { fs::remove_all(m_path); }

    Descriptor opened() const { return open_lock_file(m_folder); }
    bool is_free(const Descriptor &file) const
    {
        struct flock range = lock_range(F_WRLCK, kByte);
        return fcntl(file.get(), F_OFD_GETLK, &range) == 0 && range.l_type == F_UNLCK;
    }

    fs::path m_path = fs::temp_directory_path() / fs::unique_path("tiledir lock file %%%%%%%%");
    std::string m_folder = m_path.string();
};

} // namespace

TEST_F(LockFileTest, WhoHoldsALockForEverEndsThePatienceOfOthers)
{
    const Descriptor holder = opened();
    ASSERT_TRUE(wait_for_lock(holder, m_folder, kByte));
    const Descriptor other = opened();
    try
    {
        wait_for_lock(other, m_folder, kByte, std::chrono::seconds(0));
        FAIL() << "two hold one lock";
    }
    catch (const StoreError &error)
    {
        EXPECT_NE(std::string(error.what()).find(m_folder + "/lock: byte 7 has been locked for 0 s"), std::string::npos)
            << error.what();
    }
}

TEST_F(LockFileTest, WhoHasNoPatienceLeftDoesNotTakeTheLockLater)
{
    const Descriptor holder = opened();
    ASSERT_TRUE(wait_for_lock(holder, m_folder, kByte));
    {
        const Descriptor impatient = opened();
        EXPECT_THROW(wait_for_lock(impatient, m_folder, kByte, std::chrono::seconds(0)), StoreError);
    }
    unlock(holder, kByte);
    const Descriptor third = opened();
    EXPECT_TRUE(wait_for_lock(third, m_folder, kByte));
    EXPECT_FALSE(is_free(holder));
}

} // namespace tiledir::store
