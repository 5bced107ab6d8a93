// How tests explore scenarios, and tell how many schedules they have seen.
#pragma once

#include "autotest/explorer/exploration.h"
#include "autotest/explorer/promises.h"
#include "autotest/explorer/small_output.h"

#include <cpl_error.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tiledir::explorer
{

class ExplorerTest : public testing::Test
{
protected:
    ExplorerTest() { spdlog::set_level(spdlog::level::off); }

    /// Expects that all that must hold does after each schedule.
    static void expect_right(const Scenario &scenario)
    {
        const Explored explored = explore(scenario, Breadth::of_environment());
        std::cout << "[explorer] " << scenario.name << ": " << explored.text() << std::endl;
        EXPECT_TRUE(explored.failure.empty()) << explored.failure;
    }

private:
    const CPLErrorHandlerPusher m_quiet{CPLQuietErrorHandler};
};

/// A run as a writer; `end` tells how it has ended.
inline Writer run_writer(const std::string &name, const Recipe &recipe, const std::string &option,
                         const std::shared_ptr<RunEnd> &end)
{
    Writer writer;
    writer.name = name;
    writer.work = [recipe, option, end](const OpenFolder &open) { *end = run(open, recipe, option); };
    return writer;
}

/// A program with the dataset open by GDAL as a writer.
inline Writer gdal_writer(const std::string &name, const std::function<void(GdalWriter &dataset)> &work)
{
    Writer writer;
    writer.name = name;
    writer.work = [work](const OpenFolder &open)
    {
        GdalWriter dataset(open);
        work(dataset);
        dataset.close();
    };
    return writer;
}

/// `tiledir refresh` as a writer.
inline Writer refresh_writer(const std::string &name)
{
    Writer writer;
    writer.name = name;
    writer.work = [](const OpenFolder &open) { refresh(open); };
    return writer;
}

} // namespace tiledir::explorer
