// Runs on many threads, for the thread sanitizer: executor, stages, batches, journal, staged names.
#include "tools/engine/processes/built_in/built_in_processes.h"
#include "tools/engine/recipe/recipe.h"
#include "tools/engine/resolved/resolve.h"
#include "tools/engine/run/run.h"
#include "tools/engine/run/run_result.h"

#include <boost/filesystem.hpp>
#include <gdal.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <string>

using namespace tiledir;
using namespace tiledir::engine;

namespace
{

namespace fs = boost::filesystem;

class ThreadedRun : public testing::Test
{
protected:
    static void SetUpTestSuite() { GDALAllRegister(); }
    void TearDown() override { fs::remove_all(m_folder); }

    RunState run(const std::string &output, int threads, int altitude, bool overwrite = false) const
    {
        const std::string data = TILEDIR_TEST_DATA;
        const std::string recipe = "process: hillshade\nparameters: { altitude: " + std::to_string(altitude) +
                                   " }\ninput: { dem: [" + data + "/jacksboro_west.tif, " + data +
                                   "/jacksboro_east.tif] }\noutput: " + (m_folder / output).string() +
                                   "\nlevels: 6-12\nthreads: " + std::to_string(threads) + "\n";
        RunOptions options;
        options.progress = ProgressStyle::None;
        options.overwrite = overwrite;
        return engine::run(resolve(Recipe::parse(recipe, "test", {}, built_in_processes())), options).state;
    }

    std::map<std::string, std::string> tiles(const std::string &output) const
    {
        std::map<std::string, std::string> found;
        for (const fs::path &path : fs::recursive_directory_iterator(m_folder / output))
        {
            if (path.extension() == ".tif")
            {
                std::ifstream file(path.string(), std::ios::binary);
                found[fs::relative(path, m_folder / output).string()] = {std::istreambuf_iterator<char>(file), {}};
            }
        }
        return found;
    }

    const fs::path m_folder = fs::temp_directory_path() / fs::unique_path("tiledir threads %%%%%%%%");
};

} // namespace

TEST_F(ThreadedRun, LeavesWhatOneThreadLeaves)
{
    EXPECT_EQ(run("one", 1, 45), RunState::Finished);
    EXPECT_EQ(run("four", 4, 45), RunState::Finished);
    EXPECT_GT(tiles("one").size(), 30U);
    EXPECT_EQ(tiles("four"), tiles("one"));
}

TEST_F(ThreadedRun, ReplacesTilesAsOneThreadDoes)
{
    EXPECT_EQ(run("one", 1, 20), RunState::Finished);
    EXPECT_EQ(run("four", 4, 45), RunState::Finished);
    EXPECT_NE(tiles("four"), tiles("one"));
    EXPECT_EQ(run("four", 4, 20, true), RunState::Finished);
    EXPECT_EQ(tiles("four"), tiles("one"));
}
