// A Store in a process of its own: store_client ROOT, then a command a line on stdin, its words separated by tabs. Each
// is answered by one line on stdout: what the function gave ("-": nullopt), or "StoreError: ..." or "TileError: ...".
#include "driver/journal/intent.h"
#include "driver/store/opening/open_store.h"
#include "driver/store/store.h"

#include <cpl_vsi.h>
#include <gdal.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace
{

using namespace tiledir::store;

using Words = std::vector<std::string>;

std::optional<Stamp> stamp_of(const std::string &word)
{
    return word == "-" ? std::nullopt : std::optional(Stamp{word});
}

std::string yes_or_no(bool answer)
{
    return answer ? "yes" : "no";
}

/// As a program sees it that knows GDAL alone.
std::string size_by_gdal(const std::string &path)
{
    VSIStatBufL status = {};
    return VSIStatL(path.c_str(), &status) == 0 ? std::to_string(status.st_size) : "-";
}

/// Adds lines "NAME NUMBER" to an object, each by a read and a write over what was read. `once`: not where it is there.
std::string append(Store &store, const std::string &key, const std::string &name, int count, bool once)
{
    constexpr int kTooMany = 20000;
    int refused = 0;
    for (int number = 0; number < count && refused < kTooMany;)
    {
        const std::string line = name + ' ' + std::to_string(number) + ' ';
        const auto object = store.read_stamped(key);
        std::string text = object ? std::string(object->bytes.begin(), object->bytes.end()) : std::string();
        const bool there = once && text.find(line) != std::string::npos;
        const auto before = object ? std::optional(object->stamp) : std::nullopt;
        if (there || store.write_if(key, text + line, before))
        {
            ++number;
        }
        else
        {
            ++refused;
        }
    }
    return refused < kTooMany ? std::to_string(refused) : "gives up";
}

std::string write_tile(Store &store, const Words &words, Replacing replacing)
{
    const std::string &text = words.at(2);
    store.write_tile(words.at(1), text.data(), text.size(), replacing);
    return "done";
}

std::string joined(const Words &words)
{
    std::string text;
    for (const std::string &word : words)
    {
        text += (text.empty() ? "" : " ") + word;
    }
    return text;
}

/// An intent for a tile that is there until the process ends; "left": for others at once.
std::string announce(Store &store, const std::string &matrix, bool left)
{
    auto *intent = new tiledir::journal::Intent(store); // never deleted
    intent->add(matrix, tiledir::stac::TileSet({1, 2, 3, 4}));
    if (left)
    {
        intent->release();
    }
    return "done";
}

/// The matrices that the intents to adopt name, which are then forgotten.
std::string adopt(Store &store)
{
    Words matrices;
    for (const tiledir::journal::FoundIntent &found : tiledir::journal::Intent::adoptable(store))
    {
        for (const auto &[matrix, ranges] : *found.tiles)
        {
            matrices.push_back(matrix);
        }
        tiledir::journal::Intent::forget(store, found);
    }
    std::sort(matrices.begin(), matrices.end());
    return joined(matrices);
}

using Command = std::function<std::string(Store &, const Words &)>;

std::string nothing_after(const std::function<void()> &work)
{
    work();
    return "done";
}

const std::map<std::string, Command> &commands()
{
    static const std::map<std::string, Command> kCommands{
        {"read", [](Store &store, const Words &words) { return store.read_text(words.at(1)).value_or("-"); }},
        {"stamp", [](Store &store, const Words &words) { return store.stamp(words.at(1)).value_or(Stamp{"-"}).text; }},
        {"read_stamped",
         [](Store &store, const Words &words)
         {
             const auto object = store.read_stamped(words.at(1));
             return object ? object->stamp.text + ' ' + std::string(object->bytes.begin(), object->bytes.end()) : "-";
         }},
        {"age",
         [](Store &store, const Words &words)
         {
             const auto age = store.age(words.at(1));
             return age ? std::to_string(age->count()) : "-";
         }},
        {"list",
         [](Store &store, const Words &words) { return joined(store.list(words.at(1) == "." ? "" : words.at(1))); }},
        {"write", [](Store &store, const Words &words)
         { return nothing_after([&] { store.write(words.at(1), words.at(2)); }); }},
        {"write_new", [](Store &store, const Words &words) { return write_tile(store, words, Replacing::Nothing); }},
        {"write_blindly",
         [](Store &store, const Words &words) { return write_tile(store, words, Replacing::Blindly); }},
        {"write_looking",
         [](Store &store, const Words &words) { return write_tile(store, words, Replacing::Looking); }},
        {"write_if", [](Store &store, const Words &words)
         { return yes_or_no(store.write_if(words.at(1), words.at(2), stamp_of(words.at(3)))); }},
        {"remove", [](Store &store, const Words &words) { return yes_or_no(store.remove(words.at(1))); }},
        {"remove_if", [](Store &store, const Words &words)
         { return yes_or_no(store.remove_if(words.at(1), stamp_of(words.at(2)))); }},
        {"append", [](Store &store, const Words &words)
         { return append(store, words.at(1), words.at(2), std::stoi(words.at(3)), words.at(4) == "once"); }},
        {"announce",
         [](Store &store, const Words &words) { return announce(store, words.at(1), words.at(2) == "left"); }},
        {"adopt", [](Store &store, const Words &) { return adopt(store); }},
        {"size_by_gdal", [](Store &store, const Words &words) { return size_by_gdal(store.path(words.at(1))); }},
    };
    return kCommands;
}

std::string answer(Store &store, const std::string &line)
{
    Words words;
    std::istringstream stream(line);
    for (std::string word; std::getline(stream, word, '\t');)
    {
        words.push_back(word);
    }
    try
    {
        return commands().at(words.at(0))(store, words);
    }
    catch (const tiledir::StoreError &error)
    {
        return std::string("StoreError: ") + error.what();
    }
    catch (const tiledir::TileError &error)
    {
        return std::string("TileError: ") + error.what();
    }
}

} // namespace

int main(int count, char **arguments)
{
    if (count != 2)
    {
        std::cerr << "store_client ROOT: one root is needed\n";
        return 1;
    }
    GDALAllRegister();
    const auto store = open_store(arguments[1]);
    for (std::string line; std::getline(std::cin, line);)
    {
        std::cout << answer(*store, line) << std::endl;
    }
    return 0;
}
