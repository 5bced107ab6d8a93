#include "tools/engine/processes/built_in/built_in_processes.h"

#include "stac/error.h"

#include <gtest/gtest.h>

namespace tiledir::engine
{

namespace
{

ProcessKind named(const std::string &name)
{
    return {name, "Of the test", Schema({}), {}, nullptr};
}

std::string message_of(const ProcessRegistry &processes, const std::string &name)
{
    try
    {
        processes.find(name);
    }
    catch (const InputError &error)
    {
        return error.what();
    }
    return "nothing was thrown";
}

} // namespace

TEST(ProcessRegistry, WhatIsAddedIsFoundBesideWhatWasThere)
{
    ProcessRegistry processes = built_in_processes();
    const std::size_t before = processes.kinds().size();
    processes.add(named("ndvi"));
    EXPECT_EQ(processes.find("ndvi")->name, "ndvi");
    EXPECT_EQ(processes.find("hillshade")->name, "hillshade");
    EXPECT_EQ(processes.kinds().size(), before + 1);
    EXPECT_EQ(built_in_processes().kinds().size(), before) << "a registry is its owner's";
}

TEST(ProcessRegistry, ANameIsTakenOnce)
{
    ProcessRegistry processes = built_in_processes();
    EXPECT_THROW(processes.add(named("hillshade")), InputError);
}

TEST(ProcessRegistry, AnUnknownNameIsAnsweredWithTheNearest)
{
    const ProcessRegistry processes = built_in_processes();
    EXPECT_EQ(message_of(processes, "hilshade"),
              "process: 'hilshade' is not known; the nearest known one is 'hillshade'");
    EXPECT_EQ(message_of(processes, "sentinel-2-mosaic")
                  .rfind("process: 'sentinel-2-mosaic' is not known; the known ones "
                         "are hillshade, slope, ",
                         0),
              0U);
}

} // namespace tiledir::engine
