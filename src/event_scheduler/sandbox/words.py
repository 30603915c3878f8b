"""Words from which names are put together; all of the people, bands, teams and houses are invented."""

__all__ = [
    "ADJECTIVES",
    "COMEDY_SHOWS",
    "FAMILY_SHOWS",
    "FESTIVALS",
    "INFO_SENTENCES",
    "MARKUP_NOTES",
    "NOTES",
    "NOUNS",
    "PAIR_FIRST",
    "PAIR_SECOND",
    "PLAYS",
    "PLAY_PATTERNS",
    "PRESALES",
    "PROMOTERS",
    "REGIONAL",
    "STREETS",
    "TEAM_NAMES",
    "TOUR_FIRST",
    "TOUR_SECOND",
    "VENUE_WORDS",
]

ADJECTIVES = (
    "Copper", "Paper", "Hollow", "Amber", "Crooked", "Distant", "Borrowed", "Salted", "Tangled", "Gilded",
    "Wandering", "Feral", "Lucid", "Marble", "Northern", "Patient", "Rusted", "Sleepless", "Sunken", "Tidal",
    "Unlit", "Wooden", "Brass", "Cobalt", "Dusty", "Folded", "Ivory", "Lonesome", "Misplaced", "Overgrown",
    "Plaster", "Quartz", "Ragged", "Tarnished", "Ultramarine", "Vagrant", "Windblown", "Ashen", "Bitter",
    "Driftwood", "Fabled", "Inland", "Moonlit", "Nimble", "Ochre", "Pewter", "Roaming", "Saffron", "Threadbare",
    "Upland", "Verdant", "Wintering", "Weathered", "Seaward", "Lantern-Lit", "Clockwork", "Feathered",
)  # fmt: skip
"""First halves of English names."""

NOUNS = (
    "Lanterns", "Orchards", "Herons", "Ferries", "Almanacs", "Kettles", "Harbours", "Antennas", "Postcards",
    "Chandeliers", "Foxgloves", "Turnstiles", "Parachutes", "Telegraphs", "Meridians", "Barometers", "Weathervanes",
    "Cartographers", "Junipers", "Staircases", "Metronomes", "Pylons", "Hourglasses", "Bellwethers", "Caravans",
    "Couriers", "Embers", "Fathoms", "Gondolas", "Hemlocks", "Inkwells", "Jackdaws", "Kingfishers", "Ledgers",
    "Nightjars", "Oarsmen", "Quarries", "Ravines", "Saltmarshes", "Thimbles", "Viaducts", "Windowsills", "Bonfires",
    "Dovecotes", "Footbridges", "Greenhouses", "Beacons", "Cobblers", "Drawbridges", "Estuaries", "Fishwives",
    "Gatekeepers", "Haymakers", "Islanders", "Milliners", "Outposts", "Pilgrims", "Signalmen", "Tollkeepers",
    "Waystations",
)  # fmt: skip
"""Second halves of English names, in the plural."""

PAIR_FIRST = (
    "Harbour", "Juniper", "Tungsten", "Marrow", "Cinder", "Orchard", "Velour", "Pallas", "Saltwater", "Fennel",
    "Cassava", "Tundra", "Mica", "Bramble", "Hessian", "Lowland", "Parish", "Tannery", "Semaphore", "Gravel",
    "Thistle", "Cardamom", "Basalt", "Sorrel", "Linden", "Alder", "Tamarind", "Umber", "Larkspur", "Kelp",
)  # fmt: skip
"""First words of two-word names such as "Harbour Static"."""

PAIR_SECOND = (
    "Static", "Parade", "Theory", "Motel", "Ritual", "Signal", "Weather", "Choir", "Union", "District", "Season",
    "Machine", "Collective", "Assembly", "Almanac", "Avenue", "Cassette", "Ceremony", "Dispatch", "Ensemble",
    "Frequency", "Holiday", "Inventory", "Kingdom", "Laundry", "Notebook", "Rhythm", "Society",
)  # fmt: skip
"""Second words of two-word names."""

REGIONAL = {
    "cs": (
        "",
        (
            "Modré", "Tiché", "Zlaté", "Noční", "Zapomenuté", "Papírové", "Skleněné", "Ztracené", "Měděné",
            "Vzdálené", "Šeré", "Křivé", "Příští",
        ),
        (
            "Lucerny", "Hodiny", "Žárovky", "Řeky", "Zvony", "Výtahy", "Kolotoče", "Průvody", "Lampy",
            "Střechy", "Dálky", "Šepoty", "Ozvěny",
        ),
    ),
    "fi": (
        "",
        (
            "Hiljainen", "Sininen", "Pimeä", "Yöllinen", "Hidas", "Väsynyt", "Kylmä", "Lämmin", "Kultainen",
            "Särkynyt", "Äänetön", "Pohjoinen",
        ),
        (
            "Sähkö", "Kaiku", "Jäätie", "Höyry", "Lyhty", "Yökyöpeli", "Satama", "Myrsky", "Pyörä", "Kesäyö",
            "Näkötorni", "Räntäsade", "Äänivalli",
        ),
    ),
    "fr": (
        "Les ",
        (
            "Phares", "Funambules", "Étés", "Réverbères", "Miroirs", "Tramways", "Échos", "Automates",
            "Géants", "Carrousels", "Orages", "Bateliers",
        ),
        (
            "Bleus", "Égarés", "Oubliés", "Lointains", "Étoilés", "Secrets", "Éphémères", "Dorés", "Fêlés",
            "Voilés", "Légers", "Pressés",
        ),
    ),
    "de": (
        "Die ",
        (
            "stillen", "späten", "gläsernen", "müden", "schiefen", "fernen", "kühnen", "nächtlichen",
            "hölzernen", "spröden", "übrigen", "flüchtigen",
        ),
        (
            "Laternen", "Brücken", "Fährmänner", "Türme", "Nachtzüge", "Wetterhähne", "Flüsse", "Übersetzer",
            "Straßenlichter", "Kontoristen",
        ),
    ),
    "es": (
        "Los ",
        (
            "Faroles", "Relojes", "Tranvías", "Espejos", "Vientos", "Acróbatas", "Ecos", "Rincones",
            "Balcones", "Péndulos", "Jinetes", "Marineros",
        ),
        (
            "Verdes", "Lejanos", "Olvidados", "Dorados", "Perdidos", "Errantes", "Azules", "Sonámbulos",
            "Tibios", "Discretos", "Áureos", "Tardíos",
        ),
    ),
}  # fmt: skip
"""Per region: what stands in front, then two lists whose words agree in number and gender in that language."""

TEAM_NAMES = (
    "Ironclads", "Night_Herons", "Longshoremen", "Timberjacks", "Switchmen", "Ridgebacks", "Harriers",
    "Lamplighters", "Millhands", "Breakwaters", "Stonecutters", "Steamfitters", "Wayfarers", "Sandpipers",
    "Bargemen", "Foundrymen", "Windjammers", "Kilnmasters", "Freighters", "Bellringers", "Trailmakers", "Saltminers",
    "Riveters", "Pathfinders", "Stargazers", "Copperheads_United", "Tidewatchers", "Ferrymen", "Glaciers",
    "Redwings_Athletic",
)  # fmt: skip
"""Nicknames of teams; `_` stands for a space."""

TOUR_FIRST = (
    "The Long Way", "Rooms Without Clocks", "North of Everything", "Every Second Window", "Small Hours",
    "Weather Permitting", "Letters Home", "The Other Shore", "Nothing But Corners", "Half a Map", "After the Ferry",
    "All the Quiet Roads", "Ten Thousand Doors", "A Light in the Mill", "Slow Return", "The Borrowed Year",
    "Further Than Planned", "Low Tide",
)  # fmt: skip
"""Names of tours."""

TOUR_SECOND = (
    "Tour", "World Tour", "Tour, Second Leg", "Live", "Acoustic Tour", "Anniversary Tour", "Farewell Evenings",
)  # fmt: skip
"""What stands behind the name of a tour."""

PLAYS = (
    "The Crooked Lighthouse", "Seven Winters in Marrow Street", "The Clockmaker's Apprentice",
    "A Ferry for Mrs. Plum", "The Glass Orchard", "Letters to an Empty House", "The Understudy's Revenge",
    "Nine Chairs", "The Salt Merchant", "Last Tram to Linden Square", "The Beekeeper's Daughters",
    "An Inspector Dines", "The Paper Admiral", "Umbrella Weather", "The Quarry", "Two Landladies",
    "Midsummer at Thimble Hall", "The Cartographer", "Sparrows on the Wire! The Musical", "The Marmalade Conspiracy",
    "Harvest Moon Hotel — A New Musical", "The Tin Prince", "Cinders and Silk — Ballet", "The Snow Lantern — Ballet",
    "The Drowned Bell — Opera in Three Acts", "Queen of the Viaduct — Opera", "The Pilot's Wife Waits",
    "The Night Porter's Ledger", "Somebody Else's Garden", "The Weathervane Sisters", "Fog on the Estuary",
    "The Long Table",
)  # fmt: skip
"""Plays, musicals, ballets and operas."""

PLAY_PATTERNS = (
    "{} at Midnight", "The House of {}", "A Feast for {}", "Three {} and a Piano", "The Trouble with {}",
    "When the {} Came Home", "{}: A Comedy of Neighbours", "The Last of the {}", "Dancing with {}", "{} in Winter",
    "Four {}, No Trumpet", "What the {} Knew",
)  # fmt: skip
"""Further plays, each with a noun in the plural."""

COMEDY_SHOWS = (
    "The Late Kettle Club", "An Evening of Mild Panic", "Stand-Up at the Foundry", "Nobody Asked: Live",
    "Improvised to Death", "Fourteen Minutes Each", "Wrong Door Comedy Night", "The Apology Tour",
    "Podcast Without a Subject: Live", "Rent Is Due", "The Interrupting Cows", "Big Marrow: Slightly Taller",
    "Aunt Turnip Explains It All", "The Unreliable Brothers", "Open Mic, Closed Mind",
)  # fmt: skip
"""Comedy evenings."""

FAMILY_SHOWS = (
    "Captain Marmalade's Ocean Circus", "Dinosaurs After Dark", "The Vanishing Cabinet — A Magic Show",
    "Bubbles & Brass on Ice", "The Great Sock Adventure", "Puppets of the Upper Attic", "Rocket Rabbit Live!",
    "The Friendly Thunderstorm", "Monster Trucks of Mudford", "Winter Lights on Ice", "The Juggling Lighthouse",
    "Professor Pumpkin's Science Hour",
)  # fmt: skip
"""Shows for families."""

FESTIVALS = (
    "Saltmarsh Weekender", "Lantern Fields", "Three Rivers Roots Festival", "Solstice on the Quay",
    "Driftwood Festival", "Orchard & Amplifier", "Low Tide Electronic", "Tin Roof Blues Days",
    "Kiln Street Jazz Festival", "The Big Haymaking", "Northlight Festival", "Bramble & Barrel",
    "Festival des Échos", "Léto pod střechou", "Kesäyön Kaiku", "Fiesta del Farol",
)  # fmt: skip
"""Festivals; the year is added."""

VENUE_WORDS = (
    "Copperline", "Lantern", "Foundry", "Meridian", "Thistledown", "Granary", "Kestrel", "Tidewater", "Quarry",
    "Brickyard", "Halyard", "Sawmill", "Juniper", "Beacon", "Larkfield", "Millpond", "Northgate", "Ropewalk",
    "Saltbox", "Tannery", "Viaduct", "Wharfside", "Ashgrove", "Bellmouth", "Causeway", "Drydock", "Elmstone",
    "Ferryman", "Goldcrest", "Hawthorn", "Ironbridge", "Kingfisher", "Limekiln", "Marlstone", "Oxbow", "Pinnacle",
    "Rookery", "Sandstone", "Turnpike", "Wicklow",
)  # fmt: skip
"""First words of the names of venues."""

STREETS = (
    "Mill", "Harbour", "Foundry", "Orchard", "Station", "Bridge", "Market", "Lantern", "Quarry", "Chapel", "Garden",
    "Ferry", "Granary", "Tower", "Canal", "Summit",
)  # fmt: skip
"""Streets; a house number stands in front."""

PRESALES = (
    "Venue Presale", "Artist Presale", "Early Bird Presale", "Mailing List Presale", "Card Member Presale",
    "Radio Presale",
)  # fmt: skip
"""Names of presales; they repeat, as in the original."""

PROMOTERS = (
    "Lamplight Presents", "Two Herons Live", "Brick & Bell Concerts", "PROMOTED BY VENUE", "Northbound Touring",
    "Season League Office", "Granary Arts Trust", "Quayside Entertainments",
)  # fmt: skip
"""Promoters."""

NOTES = (
    "Doors open one hour before the show. Latecomers are admitted at a suitable break.",
    "Bags larger than a sheet of paper cannot be taken into the hall; there is a cloakroom by the west door.",
    "Tickets are limited to eight per household; larger orders are cancelled.\r\nPlease bring photo identification.",
    "Children under the age of two are admitted free when they sit on an adult's lap. ",
    "The evening uses strobe lights, haze and some very loud kettledrums.",
    "Standing room on the ground floor, seats in the balcony. Wheelchair places must be booked through the box office.",
)  # fmt: skip
"""What a page says under "please note"."""

MARKUP_NOTES = (
    "<p><strong>Important:</strong> this is an <em>all-standing</em> show.<br/>Doors &amp; bar from 6&nbsp;pm.</p>",
    '<ul><li>No umbrellas</li><li>No big cameras</li></ul><a href="https://venue.example/rules">House rules</a>',
    "Ages 14+ only <b>without exception</b> & all minors need a guardian < 1 row away.",
)  # fmt: skip
"""Notes that carry markup, which must be shown as text or cleaned."""

INFO_SENTENCES = (
    "The programme is subject to change.", "There is no interval, and the bar stays open throughout.",
    "Trains and trams run until an hour after the end of the performance.",
    "The organisers reserve the right to film the evening; a sign at the door says when they do.",
    "Programmes are sold in the foyer, and all proceeds go to the youth orchestra.",
    "Parking nearby is scarce; the north car park fills first.",
    "An induction loop and captioned performances are available on request, two weeks in advance.",
    "Refunds are given when a show is cancelled, and tickets stay valid when it is moved to another date.",
    "Please drink responsibly and take your cups back to the bar.",
    "The building is more than a century old, and so are some of its stairs.",
)  # fmt: skip
"""Sentences of which the longer texts consist."""
