+	p l y s	0
a	a	0
absolument	a b s o l y m A~	0
accent	a k s A~	0
accord	a k O r	0
adam	a d A~	0
adrien	a d r i E~	0
adèle	a d E l	0
adèle	a d E l @	0.7
agathe	a g eI D	0
agathe	a g eI D @	0.7
agent	a Z A~	0
agit	a Z i	0
agnès	a n j E s	0
agnès	a n j E s @	0.7
ah	a	0
ai	e	0
aigu	E g y	0
alain	a l E~	0
albert	a l b E r	0
albert	a l b E r @	0.7
alex	a l E k s	0
alfred	a l f r I d	0
alice	a l i s	0
alice	a l i s @	0.7
allez	a l e	0
alors	a l O r	0
alors	a l O r @	0.7
alpha	a l f a	0
amélie	a m e l i	0
ananas	a n a n a	0
anatole	a n a t O l	0
anatole	a n a t O l @	0.7
and	a n d	0
andré	A~ d r e	0
angèle	A~ Z E l	0
angèle	A~ Z E l @	0.7
anna	a n a	0
anne	a n	0
annie	a n i	0
anniversaire	a n i v E r s E r	0
anniversaire	a n i v E r s E r @	0.7
antoine	A~ t w a n	0
antoine	A~ t w a n @	0.7
août	u t	0
apostrophe	a p O s t r O f	0
apostrophe	a p O s t r O f @	0.7
appelle	a p E l	0
appelle	a p E l @	0.7
après	a p r E	0
ariane	a r j a n	0
ariane	a r j a n @	0.7
armand	a r m A~	0
arnaud	a r n o	0
arobase	a r o b a z	0
arobase	a r o b a z @	0.7
arthur	A@ T 3	0
arthur	A@ T 3 @	0.7
attendez	a t A~ d e	0
au	o	0
aucune	o k y n	0
aucune	o k y n @	0.7
aude	o d	0
aujourd'hui	o Z u r d y i	0
autour	o t u r	0
autour	o t u r @	0.7
autre	o t r	0
autre	o t r @	0.7
avant	a v A~	0
avec	a v E k	0
avion	a v j O~	0
avril	a v r i l	0
avril	a v r i l @	0.7
b	b e	0
bah	b a	0
banane	b a n a n	0
banane	b a n a n @	0.7
baptiste	b a t i s t	0
baptiste	b a t i s t @	0.7
barbara	b a r b a r a	0
bateau	b a t o	0
ben	b E n	0
ben	b E n @	0.7
benjamin	b E~ Z a m E~	0
benoît	b @ n w a	0
berlin	b E r l E~	0
bernadette	b E r n a d E t	0
bernadette	b E r n a d E t @	0.7
bernard	b E r n a r	0
berthe	b 3 D	0
berthe	b 3 D @	0.7
bertrand	b E r t r A~	0
bien	b j E~	0
blanche	b l A~ S	0
blanche	b l A~ S @	0.7
bon	b O~	0
bonjour	b O~ Z u r	0
bonjour	b O~ Z u r @	0.7
bordeaux	b O r d o	0
boris	b o r i s	0
boris	b o r i s @	0.7
bravo	b r a v o	0
brigitte	b r i Z i t	0
brigitte	b r i Z i t @	0.7
bruno	b r y n o	0
béatrice	b e a t r i s	0
béatrice	b e a t r i s @	0.7
c	s e	0
c'	s	0
c'est	s E	0
c'était	s e t E	0
camille	k a m i j	0
camille	k a m i j @	0.7
carole	k a r O l	0
carole	k a r O l @	0.7
caroline	k a r o l i n	0
caroline	k a r o l i n @	0.7
catherine	k a t r i n	0
catherine	k a t r i n @	0.7
ce	s @	0
cela	s @ l a	0
cent	s A~	0
cet	s E t	0
cet	s E t @	0.7
chantal	S A~ t a l	0
chantal	S A~ t a l @	0.7
charles	S a r l	0
charles	S a r l @	0.7
charlie	S a r l i	0
charlotte	S a r l O t	0
charlotte	S a r l O t @	0.7
cherche	S E r S	0
cherche	S E r S @	0.7
chloé	k l O e	0
choisis	S w a z i	0
christian	k r i s t j A~	0
christine	k r i s t i n	0
christine	k r i s t i n @	0.7
christophe	k r i s t O f	0
christophe	k r i s t O f @	0.7
cinq	s E~ k	0
cinq	s E~ k @	0.7
cinquante	s E~ k A~ t	0
cinquante	s E~ k A~ t @	0.7
cinquante et un	s E~ k A~ t e W~	0
cinquante et un	s E~ k A~ t e E~	0.7
cinquante-cinq	s E~ k A~ t s E~ k	0
cinquante-cinq	s E~ k A~ t s E~ k @	0.7
cinquante-deux	s E~ k A~ t d Y	0
cinquante-huit	s E~ k A~ t y i t	0
cinquante-huit	s E~ k A~ t y i t @	0.7
cinquante-neuf	s E~ k A~ t n W f	0
cinquante-neuf	s E~ k A~ t n W f @	0.7
cinquante-quatre	s E~ k A~ t k a t r	0
cinquante-quatre	s E~ k A~ t k a t r @	0.7
cinquante-quatre	s E~ k A~ t k a t	0.7
cinquante-sept	s E~ k A~ t s E t	0
cinquante-sept	s E~ k A~ t s E t @	0.7
cinquante-six	s E~ k A~ t s i s	0
cinquante-six	s E~ k A~ t s i z	0.7
cinquante-trois	s E~ k A~ t t r w a	0
circonflexe	s i r k O~ f l E k s	0
circonflexe	s i r k O~ f l E k s @	0.7
claire	k l E r	0
claire	k l E r @	0.7
clara	k l a r a	0
claude	k l o d	0
claude	k l o d @	0.7
clément	k l e m A~	0
colette	k o l E t	0
colette	k o l E t @	0.7
commande	k O m A~ d	0
commande	k O m A~ d @	0.7
commandé	k O m A~ d e	0
comme	k O m	0
comme	k O m @	0.7
comment	k O m A~	0
compris	k O~ p r i	0
confirme	k O~ f i r m	0
confirme	k O~ f i r m @	0.7
connais	k O n E	0
conseiller	k O~ s E j e	0
corinne	k o r i n	0
corinne	k o r i n @	0.7
correct	k o r E k t	0
correct	k o r E k t @	0.7
crois	k r w a	0
cyril	s i r i l	0
cyril	s i r i l @	0.7
cécile	s e s i l	0
cécile	s e s i l @	0.7
cédille	s e d i j	0
cédille	s e d i j @	0.7
célestin	s e l E s t E~	0
céline	s e l i n	0
céline	s e l i n @	0.7
césar	s e z a r	0
césar	s e z a r @	0.7
d	d e	0
d'	d	0
d'accord	d a k O r	0
d'après	d a p r E	0
d'autre	d o t r	0
d'autre	d o t r @	0.7
d'union	d y n j O~	0
daniel	d a n j E l	0
daniel	d a n j E l @	0.7
danielle	d a n j E l	0
danielle	d a n j E l @	0.7
dans	d A~	0
date	d a t	0
date	d a t @	0.7
daté	d a t e	0
david	d a v i d	0
de	d @	0
delphine	d E l f i n	0
delphine	d E l f i n @	0.7
delta	d E l t a	0
demain	d @ m E~	0
denis	d @ n i	0
denise	d @ n i z	0
denise	d @ n i z @	0.7
depuis	d @ p y i	0
dernier	d E r n j e	0
derniers	d E r n j e	0
dernière	d E r n j E r	0
dernière	d E r n j E r @	0.7
des	d e	0
deux	d Y	0
diane	d j a n	0
diane	d j a n @	0.7
didier	d i d j e	0
dijon	d i Z O~	0
dimanche	d i m A~ S	0
dimanche	d i m A~ S @	0.7
dirais	d i r E	0
disons	d i z O~	0
dix	d i s	0
dix	d i z	0.7
dix-huit	d i z y i t	0
dix-huit	d i z y i t @	0.7
dix-neuf	d i z n W f	0
dix-neuf	d i z n W f @	0.7
dix-sept	d i s E t	0
dix-sept	d i s E t @	0.7
dominique	d o m i n i k	0
dominique	d o m i n i k @	0.7
donc	d O~ k	0
double	d u b l	0
double	d u b l @	0.7
douze	d u z	0
douze	d u z @	0.7
du	d y	0
dès	d E	0
début	d e b y	0
décembre	d e s A~ b r	0
décembre	d e s A~ b r @	0.7
désiré	d e z i r e	0
désirée	d e z i r e	0
désolé	d e z o l e	0
désolée	d e z o l e	0
e	@	0
echo	E k o	0
edmond	E d m O~	0
effectivement	e f E k t i v m A~	0
effet	e f E	0
eh	E	0
emma	E m a	0
emmanuel	E m a n y E l	0
emmanuel	E m a n y E l @	0.7
en	A~	0
encore	A~ k O r	0
encore	A~ k O r @	0.7
end	E n d	0
enfin	A~ f E~	0
entendu	A~ t A~ d y	0
ernest	E r n E s t	0
ernest	E r n E s t @	0.7
espace	E s p a s	0
espace	E s p a s @	0.7
espagne	E s p a n^	0
espagne	E s p a n^ @	0.7
est	E	0
estelle	E s t E l	0
estelle	E s t E l @	0.7
esther	E s t 3	0
esther	E s t 3 @	0.7
et	e	0
eugène	Y Z E n	0
eugène	Y Z E n @	0.7
euh	W	0
europe	Y r O p	0
europe	Y r O p @	0.7
exact	E g z a k t	0
exact	E g z a k t @	0.7
exactement	E g z a k t @ m A~	0
f	E f	0
fabien	f a b j E~	0
fabrice	f a b r i s	0
fabrice	f a b r i s @	0.7
fait	f E	0
fanny	f a n i	0
faux	f o	0
ferdinand	f E r d i n A~	0
fernand	f E r n A~	0
fin	f E~	0
florence	f l o r A~ s	0
florence	f l o r A~ s @	0.7
florian	f l o r j A~	0
fraise	f r E z	0
fraise	f r E z @	0.7
france	f r A~ s	0
france	f r A~ s @	0.7
francis	f r A~ s i s	0
francis	f r A~ s i s @	0.7
franck	f r A~ k	0
franck	f r A~ k @	0.7
françois	f r A~ s w a	0
françoise	f r A~ s w a z	0
françoise	f r A~ s w a z @	0.7
frédéric	f r e d e r i k	0
félix	f e l i k s	0
février	f e v r i e	0
g	Z e	0
gabriel	g a b r i E l	0
gabriel	g a b r i E l @	0.7
gaspard	g a s p a r	0
gaston	g a s t O~	0
geneviève	Z @ n v j E v	0
geneviève	Z @ n v j E v @	0.7
georges	Z O r Z	0
georges	Z O r Z @	0.7
gilbert	Z i l b E r	0
gilbert	Z i l b E r @	0.7
gilles	Z i l	0
gilles	Z i l @	0.7
ginette	Z i n E t	0
ginette	Z i n E t @	0.7
gisèle	Z i z E l	0
gisèle	Z i z E l @	0.7
golf	g O l f	0
golf	g O l f @	0.7
grave	g r a v	0
grave	g r a v @	0.7
grenoble	g r @ n O b l	0
grenoble	g r @ n O b l @	0.7
grégoire	g r e g w a r	0
grégoire	g r e g w a r @	0.7
guillaume	g i j o m	0
guillaume	g i j o m @	0.7
gustave	g y s t a v	0
gustave	g y s t a v @	0.7
guy	g i	0
gâteau	g a t o	0
gérard	Z e r a r	0
h	a S	0
hector	E k t O r	0
hector	E k t O r @	0.7
henri	A~ r i	0
henriette	A~ r j E t	0
henriette	A~ r j E t @	0.7
hervé	E r v e	0
hier	j E r	0
hier	j E r @	0.7
hippolyte	i p o l i t	0
hippolyte	i p o l i t @	0.7
hubert	y b E r	0
hubert	y b E r @	0.7
hugo	y g o	0
hugues	y g	0
huguette	y g E t	0
huguette	y g E t @	0.7
huit	y i t	0
huit	y i t @	0.7
huitante	y i t A~ t	0
huitante	y i t A~ t @	0.7
huitante et un	y i t A~ t e W~	0
huitante et un	y i t A~ t e E~	0.7
huitante-cinq	y i t A~ t s E~ k	0
huitante-cinq	y i t A~ t s E~ k @	0.7
huitante-deux	y i t A~ t d Y	0
huitante-huit	y i t A~ t y i t	0
huitante-huit	y i t A~ t y i t @	0.7
huitante-neuf	y i t A~ t n W f	0
huitante-neuf	y i t A~ t n W f @	0.7
huitante-quatre	y i t A~ t k a t r	0
huitante-quatre	y i t A~ t k a t r @	0.7
huitante-quatre	y i t A~ t k a t	0.7
huitante-sept	y i t A~ t s E t	0
huitante-sept	y i t A~ t s E t @	0.7
huitante-six	y i t A~ t s i s	0
huitante-six	y i t A~ t s i z	0.7
huitante-trois	y i t A~ t t r w a	0
hum	O m	0
humain	y m E~	0
hundred	h V n d r I d	0
hélène	e l E n	0
hélène	e l E n @	0.7
hôtel	o t E l	0
hôtel	o t E l @	0.7
i	i	0
ibiza	i b i z a	0
ida	i d a	0
idée	i d e	0
ignace	i n j a s	0
ignace	i n j a s @	0.7
igor	i g O r	0
igor	i g O r @	0.7
il	i l	0
importe	E~ p O r t	0
importe	E~ p O r t @	0.7
incorrect	E~ k o r E k t	0
incorrect	E~ k o r E k t @	0.7
india	E~ d j a	0
ingrid	E~ g r i d	0
instant	E~ s t A~	0
intéresse	E~ t e r E s	0
intéresse	E~ t e r E s @	0.7
inès	i n E s	0
inès	i n E s @	0.7
iris	i r i s	0
iris	i r i s @	0.7
irma	i r m a	0
irène	i r E n	0
irène	i r E n @	0.7
isabelle	i z a b E l	0
isabelle	i z a b E l @	0.7
isidore	i z i d O r	0
isidore	i z i d O r @	0.7
israël	i s r a E l	0
israël	i s r a E l @	0.7
italie	i t a l i	0
ivan	i v A~	0
j	Z i	0
j'	Z	0
j'ai	Z e	0
j'appelle	Z a p E l	0
j'appelle	Z a p E l @	0.7
jacob	Z a k O b	0
jacqueline	Z a k l i n	0
jacqueline	Z a k l i n @	0.7
jacques	Z a k	0
jacques	Z a k @	0.7
jamais	Z a m E	0
janine	Z a n i n	0
janine	Z a n i n @	0.7
janvier	Z A~ v j e	0
japon	Z a p O~	0
je	Z @	0
jean	Z A~	0
jeanne	Z a n	0
jeanne	Z a n @	0.7
jeudi	Z Y d i	0
johnny	dZ 0 n i	0
joseph	Z o z E f	0
joseph	Z o z E f @	0.7
josette	Z o z E t	0
josette	Z o z E t @	0.7
joséphine	Z o z e f i n	0
joséphine	Z o z e f i n @	0.7
jour	Z u r	0
jour	Z u r @	0.7
jours	Z u r	0
jours	Z u r @	0.7
joël	Z O E l	0
joël	Z O E l @	0.7
juillet	Z y i j E	0
juin	Z y E~	0
jules	Z y l	0
jules	Z y l @	0.7
julie	Z y l i	0
julien	Z y l j E~	0
juliette	Z y l j E t	0
juliette	Z y l j E t @	0.7
jusqu'au	Z y s k o	0
jusque	Z y s k	0
jusque	Z y s k @	0.7
juste	Z y s t	0
juste	Z y s t @	0.7
justine	Z y s t i n	0
justine	Z y s t i n @	0.7
jérôme	Z e r o m	0
jérôme	Z e r o m @	0.7
k	k a	0
kangourou	k A~ g u r u	0
karim	k a r i m	0
karim	k a r i m @	0.7
karine	k a r i n	0
karine	k a r i n @	0.7
karl	k A@ l	0
karl	k A@ l @	0.7
kayak	k a j a k	0
kayak	k a j a k @	0.7
kenya	k e n j a	0
kilo	k i l o	0
kimono	k i m o n o	0
kiwi	k j w i	0
kléber	k l e b e	0
kévin	k e v E~	0
l	E l	0
l'	l	0
l'ai	l e	0
l'après	l a p r E	0
la	l a	0
laetitia	l e t i s j a	0
laissez	l E s e	0
laura	l o r a	0
laure	l O r	0
laure	l O r @	0.7
laurence	l o r A~ s	0
laurence	l o r A~ s @	0.7
laurent	l o r A~	0
le	l @	0
les	l e	0
lille	l i l	0
lille	l i l @	0.7
lima	l i m a	0
lise	l i z	0
lise	l i z @	0.7
lola	l o l a	0
louane	l w a n	0
louane	l w a n @	0.7
louis	l w i	0
louise	l w i z	0
louise	l w i z @	0.7
luc	l y k	0
lucas	l y k a	0
lucette	l y s E t	0
lucette	l y s E t @	0.7
lucie	l y s i	0
lucien	l y s j E~	0
ludovic	l y d o v i k	0
lundi	l W~ d i	0
lyon	l j O~	0
léa	l e a	0
léo	l e o	0
léon	l e O~	0
m	E m	0
m'	m	0
m'en	m A~	0
m'intéresse	m E~ t e r E s	0
m'intéresse	m E~ t e r E s @	0.7
ma	m a	0
madame	m a d a m	0
madame	m a d a m @	0.7
madeleine	m a d l E n	0
madeleine	m a d l E n @	0.7
mai	m E	0
main	m E~	0
maintenant	m E~ t n A~	0
mais	m E	0
maison	m E z O~	0
majuscule	m a Z y s k y l	0
majuscule	m a Z y s k y l @	0.7
manon	m a n O~	0
marc	m a r k	0
marcel	m a r s E l	0
marcel	m a r s E l @	0.7
marche	m a r S	0
marche	m a r S @	0.7
mardi	m a r d i	0
margot	m a r g o	0
marguerite	m a r g @ r i t	0
marguerite	m a r g @ r i t @	0.7
marianne	m a r j a n	0
marianne	m a r j a n @	0.7
marie	m a r i	0
marine	m a r i n	0
marine	m a r i n @	0.7
marius	m a r j y s	0
marius	m a r j y s @	0.7
mars	m a r s	0
mars	m a r s @	0.7
marseille	m a r s E j	0
marseille	m a r s E j @	0.7
martin	m a r t E~	0
martine	m a r t i n	0
martine	m a r t i n @	0.7
mathieu	m a t j Y	0
mathilde	m a T I l d @	0
mathilde	m a T I l d	0.7
matin	m a t E~	0
matinée	m a t i n e	0
maurice	m o r i s	0
maurice	m o r i s @	0.7
max	m a k s	0
maxime	m a k s i m	0
maxime	m a k s i m @	0.7
me	m @	0
merci	m E r s i	0
mercredi	m E r k r @ d i	0
mes	m e	0
mi	m i	0
michel	m i S E l	0
michel	m i S E l @	0.7
michèle	m i S E l	0
michèle	m i S E l @	0.7
midi	m i d i	0
mike	m aI k	0
mike	m aI k @	0.7
mille	m i l	0
mille	m i l @	0.7
minuscule	m i n y s k y l	0
minuscule	m i n y s k y l @	0.7
mireille	m i r E j	0
mireille	m i r E j @	0.7
moi	m w a	0
mois	m w a	0
moment	m o m A~	0
mon	m O~	0
monique	m o n i k	0
monique	m o n i k @	0.7
monsieur	m @ s j Y	0
montpellier	m O~ p E l j e	0
morgane	m O r g a n	0
morgane	m O r g a n @	0.7
mouais	m w E	0
mélanie	m e l a n i	0
même	m E m	0
même	m E m @	0.7
n	E n	0
n'	n	0
n'ai	n e	0
n'est	n E	0
n'importe	n E~ p O r t	0
n'importe	n E~ p O r t @	0.7
nadia	n a d j a	0
nadine	n a d i n	0
nadine	n a d i n @	0.7
nan	n a n	0
nan	n a n @	0.7
nancy	n a n s i	0
nantes	n A~ t	0
nantes	n A~ t @	0.7
napoléon	n a p o l e O~	0
natacha	n a t a S a	0
nathalie	n a t a l i	0
nathan	n eI T @ n	0
nathan	n eI T @ n @	0.7
ne	n @	0
nestor	n E s t O r	0
nestor	n E s t O r @	0.7
neuf	n W f	0
neuf	n W f @	0.7
nice	n i s	0
nice	n i s @	0.7
nicolas	n i k o l a	0
nicole	n i k O l	0
nicole	n i k O l @	0.7
nina	n i n a	0
non	n O~	0
nonante	n o n A~ t	0
nonante	n o n A~ t @	0.7
nonante et un	n o n A~ t e W~	0
nonante et un	n o n A~ t e E~	0.7
nonante-cinq	n o n A~ t s E~ k	0
nonante-cinq	n o n A~ t s E~ k @	0.7
nonante-deux	n o n A~ t d Y	0
nonante-huit	n o n A~ t y i t	0
nonante-huit	n o n A~ t y i t @	0.7
nonante-neuf	n o n A~ t n W f	0
nonante-neuf	n o n A~ t n W f @	0.7
nonante-quatre	n o n A~ t k a t r	0
nonante-quatre	n o n A~ t k a t r @	0.7
nonante-quatre	n o n A~ t k a t	0.7
nonante-sept	n o n A~ t s E t	0
nonante-sept	n o n A~ t s E t @	0.7
nonante-six	n o n A~ t s i s	0
nonante-six	n o n A~ t s i z	0.7
nonante-trois	n o n A~ t t r w a	0
nora	n o r a	0
norbert	n O r b E r	0
norbert	n O r b E r @	0.7
normandie	n O r m A~ d i	0
november	n o v A~ b e	0
novembre	n o v A~ b r	0
novembre	n o v A~ b r @	0.7
noé	n O e	0
noémie	n O e m i	0
noël	n O E l	0
noël	n O E l @	0.7
numéro	n y m e r o	0
né	n e	0
née	n e	0
négatif	n e g a t i f	0
négatif	n e g a t i f @	0.7
o	o	0
octante	O k t A~ t	0
octante	O k t A~ t @	0.7
octante et un	O k t A~ t e W~	0
octante et un	O k t A~ t e E~	0.7
octante-cinq	O k t A~ t s E~ k	0
octante-cinq	O k t A~ t s E~ k @	0.7
octante-deux	O k t A~ t d Y	0
octante-huit	O k t A~ t y i t	0
octante-huit	O k t A~ t y i t @	0.7
octante-neuf	O k t A~ t n W f	0
octante-neuf	O k t A~ t n W f @	0.7
octante-quatre	O k t A~ t k a t r	0
octante-quatre	O k t A~ t k a t r @	0.7
octante-quatre	O k t A~ t k a t	0.7
octante-sept	O k t A~ t s E t	0
octante-sept	O k t A~ t s E t @	0.7
octante-six	O k t A~ t s i s	0
octante-six	O k t A~ t s i z	0.7
octante-trois	O k t A~ t t r w a	0
octave	O k t a v	0
octave	O k t a v @	0.7
octobre	O k t O b r	0
octobre	O k t O b r @	0.7
océan	o s e A~	0
océane	o s e a n	0
océane	o s e a n @	0.7
odette	o d E t	0
odette	o d E t @	0.7
odile	o d i l	0
odile	o d i l @	0.7
oh	O	0
ok	o k e	0
okay	o k E	0
olga	O l g a	0
olive	o l i v	0
olive	o l i v @	0.7
oliver	0 l I v 3	0
oliver	0 l I v 3 @	0.7
olivier	o l i v j e	0
ondine	O~ d i n	0
ondine	O~ d i n @	0.7
onze	O~ z	0
ophélie	o f e l i	0
opérateur	o p e r a t W r	0
opérateur	o p e r a t W r @	0.7
orange	o r A~ Z	0
orange	o r A~ Z @	0.7
orléans	O r l e A~	0
oscar	O s k a r	0
oscar	O s k a r @	0.7
ouais	w E	0
oui	w i	0
ours	u r s	0
ours	u r s @	0.7
où	u	0
p	p e	0
pamela	p a m l a	0
papa	p a p a	0
pardon	p a r d O~	0
parfait	p a r f E	0
paris	p a r i	0
parler	p a r l e	0
partir	p a r t i r	0
partir	p a r t i r @	0.7
pas	p a	0
pascal	p a s k a l	0
pascal	p a s k a l @	0.7
pascale	p a s k a l	0
pascale	p a s k a l @	0.7
passez	p a s e	0
patrice	p a t r i s	0
patrice	p a t r i s @	0.7
patrick	p a t r i k	0
patrick	p a t r i k @	0.7
paul	p O l	0
paul	p O l @	0.7
paulette	p o l E t	0
paulette	p o l E t @	0.7
pauline	p o l i n	0
pauline	p o l i n @	0.7
pense	p A~ s	0
pense	p A~ s @	0.7
perdu	p E r d y	0
personne	p E r s O n	0
personne	p E r s O n @	0.7
philippe	f i l i p	0
philippe	f i l i p @	0.7
pierre	p j E r	0
pierre	p j E r @	0.7
plaisir	p l E z i r	0
plaisir	p l E z i r @	0.7
plaît	p l E	0
plus	p l y	0
plutôt	p l y t o	0
point	p w E~	0
poire	p w a r	0
poire	p w a r @	0.7
pomme	p O m	0
pomme	p O m @	0.7
porto	p O r t o	0
possible	p O s i b l	0
possible	p O s i b l @	0.7
pour	p u r	0
pour	p u r @	0.7
pourquoi	p u r k w a	0
pouvez	p u v e	0
premier	p r @ m j e	0
prends	p r A~	0
prochain	p r o S E~	0
prochaine	p r o S E n	0
prochaine	p r o S E n @	0.7
préfère	p r e f E r	0
préfère	p r e f E r @	0.7
pénélope	p e n e l O p	0
pénélope	p e n e l O p @	0.7
q	k y	0
quand	k A~	0
quarante	k a r A~ t	0
quarante	k a r A~ t @	0.7
quarante et un	k a r A~ t e W~	0
quarante et un	k a r A~ t e E~	0.7
quarante-cinq	k a r A~ t s E~ k	0
quarante-cinq	k a r A~ t s E~ k @	0.7
quarante-deux	k a r A~ t d Y	0
quarante-huit	k a r A~ t y i t	0
quarante-huit	k a r A~ t y i t @	0.7
quarante-neuf	k a r A~ t n W f	0
quarante-neuf	k a r A~ t n W f @	0.7
quarante-quatre	k a r A~ t k a t r	0
quarante-quatre	k a r A~ t k a t r @	0.7
quarante-quatre	k a r A~ t k a t	0.7
quarante-sept	k a r A~ t s E t	0
quarante-sept	k a r A~ t s E t @	0.7
quarante-six	k a r A~ t s i s	0
quarante-six	k a r A~ t s i z	0.7
quarante-trois	k a r A~ t t r w a	0
quatorze	k a t O r z	0
quatorze	k a t O r z @	0.7
quatre	k a t r	0
quatre	k a t r @	0.7
quatre	k a t	0.7
quatre-vingt-cinq	k a t r v E~ t s E~ k	0
quatre-vingt-cinq	k a t r v E~ t s E~ k @	0.7
quatre-vingt-deux	k a t r v E~ t d Y	0
quatre-vingt-dix	k a t r v E~ d i s	0
quatre-vingt-dix	k a t r v E~ d i z	0.7
quatre-vingt-dix-huit	k a t r v E~ d i z y i t	0
quatre-vingt-dix-huit	k a t r v E~ d i z y i t @	0.7
quatre-vingt-dix-neuf	k a t r v E~ d i z n W f	0
quatre-vingt-dix-neuf	k a t r v E~ d i z n W f @	0.7
quatre-vingt-dix-sept	k a t r v E~ d i s E t	0
quatre-vingt-dix-sept	k a t r v E~ d i s E t @	0.7
quatre-vingt-douze	k a t r v E~ d u z	0
quatre-vingt-douze	k a t r v E~ d u z @	0.7
quatre-vingt-huit	k a t r v E~ t y i t	0
quatre-vingt-huit	k a t r v E~ t y i t @	0.7
quatre-vingt-neuf	k a t r v E~ t n W f	0
quatre-vingt-neuf	k a t r v E~ t n W f @	0.7
quatre-vingt-onze	k a t r v E~ t O~ z	0
quatre-vingt-onze	k a t r v E~ t O~ z @	0.7
quatre-vingt-quatorze	k a t r v E~ k a t O r z	0
quatre-vingt-quatorze	k a t r v E~ k a t O r z @	0.7
quatre-vingt-quatre	k a t r v E~ t k a t r	0
quatre-vingt-quatre	k a t r v E~ t k a t r @	0.7
quatre-vingt-quatre	k a t r v E~ t k a t	0.7
quatre-vingt-quinze	k a t r v E~ k E~ z	0
quatre-vingt-quinze	k a t r v E~ k E~ z @	0.7
quatre-vingt-seize	k a t r v E~ s E z	0
quatre-vingt-seize	k a t r v E~ s E z @	0.7
quatre-vingt-sept	k a t r v E~ t s E t	0
quatre-vingt-sept	k a t r v E~ t s E t @	0.7
quatre-vingt-six	k a t r v E~ t s i s	0
quatre-vingt-six	k a t r v E~ t s i z	0.7
quatre-vingt-treize	k a t r v E~ t r E z	0
quatre-vingt-treize	k a t r v E~ t r E z @	0.7
quatre-vingt-trois	k a t r v E~ t t r w a	0
quatre-vingt-un	k a t r v E~ W~	0
quatre-vingt-un	k a t r v E~ E~	0.7
quatre-vingts	k a t r v E~	0
que	k @	0
quel	k E l	0
quel	k E l @	0.7
quelqu'	k E l k	0
quelqu'un	k E l k W~	0
quelqu'un	k E l k E~	0.7
quentin	k A~ t E~	0
quiche	k i S	0
quiche	k i S @	0.7
quille	k i j	0
quille	k i j @	0.7
quimper	k E~ p e	0
quintal	k E~ t a l	0
quintal	k E~ t a l @	0.7
quinze	k E~ z	0
quinze	k E~ z @	0.7
québec	k e b E k	0
r	E r	0
rachel	r a S E l	0
rachel	r a S E l @	0.7
raoul	r a u l	0
raoul	r a u l @	0.7
raphaël	r a f a E l	0
raphaël	r a f a E l @	0.7
raymond	r E m O~	0
rebecca	r @ b E k a	0
renaud	r @ n o	0
rennes	r E n	0
rennes	r E n @	0.7
rené	r @ n e	0
revoir	r @ v w a r	0
revoir	r @ v w a r @	0.7
reçu	r @ s y	0
richard	r i S a r	0
rien	r i E~	0
robert	r o b E r	0
robert	r o b E r @	0.7
roger	r o Z e	0
roland	r o l A~	0
romain	r o m E~	0
romane	r o m a n	0
romane	r o m a n @	0.7
rome	r O m	0
rome	r O m @	0.7
roméo	r o m e o	0
rosa	r o z a	0
rosalie	r o z a l i	0
rose	r O z	0
rose	r O z @	0.7
régis	r e Z i	0
rémi	r e m i	0
réponse	r e p O~ s	0
réponse	r e p O~ s @	0.7
répéter	r e p e t e	0
répétez	r e p e t e	0
s	E s	0
s'	s	0
s'agit	s a Z i	0
s'il	s i l	0
s'il	s i l @	0.7
s'écrit	s e k r i	0
sabine	s a b i n	0
sabine	s a b i n @	0.7
sacha	s a S a	0
sais	s E	0
salomé	s a l o m e	0
samedi	s a m d i	0
samuel	s a m y E l	0
samuel	s a m y E l @	0.7
sandra	s A~ d r a	0
sandrine	s A~ d r i n	0
sandrine	s A~ d r i n @	0.7
sarah	s a r a	0
seconde	s @ g O~ d	0
seconde	s @ g O~ d @	0.7
seize	s E z	0
seize	s E z @	0.7
semaine	s @ m E n	0
semaine	s @ m E n @	0.7
semaines	s @ m E n	0
semaines	s @ m E n @	0.7
sept	s E t	0
sept	s E t @	0.7
septante	s E p t A~ t	0
septante	s E p t A~ t @	0.7
septante et un	s E p t A~ t e W~	0
septante et un	s E p t A~ t e E~	0.7
septante-cinq	s E p t A~ t s E~ k	0
septante-cinq	s E p t A~ t s E~ k @	0.7
septante-deux	s E p t A~ t d Y	0
septante-huit	s E p t A~ t y i t	0
septante-huit	s E p t A~ t y i t @	0.7
septante-neuf	s E p t A~ t n W f	0
septante-neuf	s E p t A~ t n W f @	0.7
septante-quatre	s E p t A~ t k a t r	0
septante-quatre	s E p t A~ t k a t r @	0.7
septante-quatre	s E p t A~ t k a t	0.7
septante-sept	s E p t A~ t s E t	0
septante-sept	s E p t A~ t s E t @	0.7
septante-six	s E p t A~ t s i s	0
septante-six	s E p t A~ t s i z	0.7
septante-trois	s E p t A~ t t r w a	0
septembre	s E p t A~ b r	0
septembre	s E p t A~ b r @	0.7
sera	s @ r a	0
serait	s @ r E	0
serge	s E r Z	0
serge	s E r Z @	0.7
si	s i	0
sierra	s j E r a	0
simon	s i m O~	0
simone	s i m O n	0
simone	s i m O n @	0.7
six	s i s	0
six	s i z	0.7
slash	s l a S	0
slash	s l a S @	0.7
soir	s w a r	0
soir	s w a r @	0.7
soixante	s w a s A~ t	0
soixante	s w a s A~ t @	0.7
soixante et onze	s w a s A~ t e O~ z	0
soixante et onze	s w a s A~ t e O~ z @	0.7
soixante et un	s w a s A~ t e W~	0
soixante et un	s w a s A~ t e E~	0.7
soixante-cinq	s w a s A~ t s E~ k	0
soixante-cinq	s w a s A~ t s E~ k @	0.7
soixante-deux	s w a s A~ t d Y	0
soixante-dix	s w a s A~ t d i s	0
soixante-dix	s w a s A~ t d i z	0.7
soixante-dix-huit	s w a s A~ t d i z y i t	0
soixante-dix-huit	s w a s A~ t d i z y i t @	0.7
soixante-dix-neuf	s w a s A~ t d i z n W f	0
soixante-dix-neuf	s w a s A~ t d i z n W f @	0.7
soixante-dix-sept	s w a s A~ t d i s E t	0
soixante-dix-sept	s w a s A~ t d i s E t @	0.7
soixante-douze	s w a s A~ t d u z	0
soixante-douze	s w a s A~ t d u z @	0.7
soixante-huit	s w a s A~ t y i t	0
soixante-huit	s w a s A~ t y i t @	0.7
soixante-neuf	s w a s A~ t n W f	0
soixante-neuf	s w a s A~ t n W f @	0.7
soixante-quatorze	s w a s A~ t k a t O r z	0
soixante-quatorze	s w a s A~ t k a t O r z @	0.7
soixante-quatre	s w a s A~ t k a t r	0
soixante-quatre	s w a s A~ t k a t r @	0.7
soixante-quatre	s w a s A~ t k a t	0.7
soixante-quinze	s w a s A~ t k E~ z	0
soixante-quinze	s w a s A~ t k E~ z @	0.7
soixante-seize	s w a s A~ t s E z	0
soixante-seize	s w a s A~ t s E z @	0.7
soixante-sept	s w a s A~ t s E t	0
soixante-sept	s w a s A~ t s E t @	0.7
soixante-six	s w a s A~ t s i s	0
soixante-six	s w a s A~ t s i z	0.7
soixante-treize	s w a s A~ t t r E z	0
soixante-treize	s w a s A~ t t r E z @	0.7
soixante-trois	s w a s A~ t t r w a	0
solange	s o l A~ Z	0
solange	s o l A~ Z @	0.7
soleil	s o l E j	0
soleil	s o l E j @	0.7
solène	s o l E n	0
solène	s o l E n @	0.7
sophie	s o f i	0
sous	s u	0
souviens	s u v j E~	0
strasbourg	s t r a z b u r	0
strasbourg	s t r a z b u r @	0.7
stéphane	s t e f a n	0
stéphane	s t e f a n @	0.7
stéphanie	s t e f a n i	0
suis	s y i	0
suisse	s y i s	0
suisse	s y i s @	0.7
sur	s y r	0
sur	s y r @	0.7
surtout	s y r t u	0
suzanne	s y z a n	0
suzanne	s y z a n @	0.7
sylvain	s i l v E~	0
sylvie	s i l v i	0
sébastien	s e b a s t j E~	0
séverine	s e v r i n	0
séverine	s e v r i n @	0.7
sûr	s y r	0
sûr	s y r @	0.7
t	t e	0
table	t a b l	0
table	t a b l @	0.7
tango	t A~ g o	0
tania	t a n j a	0
tatiana	t a s j a n a	0
thibault	t i b o	0
thierry	t j E r i	0
thomas	t o m a	0
théa	t e a	0
théo	t e o	0
théodore	t e o d O r	0
théodore	t e o d O r @	0.7
thérèse	t e r E z	0
thérèse	t e r E z @	0.7
tiret	t i r E	0
tokyo	t o k j o	0
tom	t O m	0
tom	t O m @	0.7
tomber	t O~ b e	0
toujours	t u Z u r	0
toujours	t u Z u r @	0.7
toulon	t u l O~	0
toulouse	t u l u z	0
toulouse	t u l u z @	0.7
tout	t u	0
train	t r E~	0
trait	t r E	0
treize	t r E z	0
treize	t r E z @	0.7
trente	t r A~ t	0
trente	t r A~ t @	0.7
trente et un	t r A~ t e W~	0
trente et un	t r A~ t e E~	0.7
trente-cinq	t r A~ t s E~ k	0
trente-cinq	t r A~ t s E~ k @	0.7
trente-deux	t r A~ t d Y	0
trente-et-un	t r A~ t e W~	0
trente-et-un	t r A~ t e E~	0.7
trente-huit	t r A~ t y i t	0
trente-huit	t r A~ t y i t @	0.7
trente-neuf	t r A~ t n W f	0
trente-neuf	t r A~ t n W f @	0.7
trente-quatre	t r A~ t k a t r	0
trente-quatre	t r A~ t k a t r @	0.7
trente-quatre	t r A~ t k a t	0.7
trente-sept	t r A~ t s E t	0
trente-sept	t r A~ t s E t @	0.7
trente-six	t r A~ t s i s	0
trente-six	t r A~ t s i z	0.7
trente-trois	t r A~ t t r w a	0
tristan	t r i s t A~	0
trois	t r w a	0
trompé	t r O~ p e	0
trouve	t r u v	0
trouve	t r u v @	0.7
tréma	t r e m a	0
tôt	t o	0
u	y	0
ugo	y g o	0
ukraine	y k r E n	0
ukraine	y k r E n @	0.7
ulrich	y l r i S	0
ulrich	y l r i S @	0.7
ulysse	y l i s	0
ulysse	y l i s @	0.7
un	W~	0
un	E~	0.7
underscore	V n d 3 s k o@	0
une	y n	0
uniforme	y n i f O r m	0
uniforme	y n i f O r m @	0.7
union	y n j O~	0
univers	y n i v E r	0
univers	y n i v E r @	0.7
urbain	y r b E~	0
urgence	y r Z A~ s	0
urgence	y r Z A~ s @	0.7
ursule	y r s y l	0
ursule	y r s y l @	0.7
usine	y z i n	0
usine	y z i n @	0.7
v	v e	0
va	v a	0
vache	v a S	0
vache	v a S @	0.7
valence	v a l A~ s	0
valence	v a l A~ s @	0.7
valentin	v a l A~ t E~	0
valérie	v a l e r i	0
vanessa	v a n E s a	0
vendredi	v A~ d r @ d i	0
venise	v @ n i z	0
venise	v @ n i z @	0.7
vers	v E r	0
vers	v E r @	0.7
veux	v Y	0
victoire	v i k t w a r	0
victoire	v i k t w a r @	0.7
victor	v i k t O r	0
victor	v i k t O r @	0.7
vincent	v E~ s A~	0
vingt	v E~	0
vingt	v E~ t	0.7
vingt et un	v E~ t e W~	0
vingt et un	v E~ t e E~	0.7
vingt-cinq	v E~ t s E~ k	0
vingt-cinq	v E~ t s E~ k @	0.7
vingt-deux	v E~ t d Y	0
vingt-et-un	v E~ t e W~	0
vingt-et-un	v E~ t e E~	0.7
vingt-huit	v E~ t y i t	0
vingt-huit	v E~ t y i t @	0.7
vingt-neuf	v E~ t n W f	0
vingt-neuf	v E~ t n W f @	0.7
vingt-quatre	v E~ t k a t r	0
vingt-quatre	v E~ t k a t r @	0.7
vingt-quatre	v E~ t k a t	0.7
vingt-sept	v E~ t s E t	0
vingt-sept	v E~ t s E t @	0.7
vingt-six	v E~ t s i s	0
vingt-six	v E~ t s i z	0.7
vingt-trois	v E~ t t r w a	0
vingts	v E~	0
violette	v j o l E t	0
violette	v j o l E t @	0.7
virginie	v i r Z i n i	0
viviane	v i v j a n	0
viviane	v i v j a n @	0.7
voilà	v w a l a	0
volontiers	v o l O~ t j e	0
voudrais	v u d r E	0
vous	v u	0
vraie	v r E	0
vraiment	v r E m A~	0
vélo	v e l o	0
vénus	v e n y s	0
vénus	v e n y s @	0.7
véronique	v e r o n i k	0
véronique	v e r o n i k @	0.7
w	d u b l @ v e	0
wagon	v a g O~	0
walter	w 0 l t 3	0
walter	w 0 l t 3 @	0.7
washington	w 0 S I N t @ n	0
washington	w 0 S I N t @ n @	0.7
waterloo	w O t 3 l u	0
web	w E b	0
week	w i k	0
week	w i k @	0.7
wendy	w E n d i	0
whisky	w I s k i	0
willem	w I l @ m	0
willem	w I l @ m @	0.7
william	w I l i@ m	0
william	w I l i@ m @	0.7
willy	w I l i	0
x	i k s	0
xavier	g z a v j e	0
xylophone	g z i l o f O n	0
xylophone	g z i l o f O n @	0.7
y	i g r E k	0
yacine	j a s i n	0
yacine	j a s i n @	0.7
yankee	j a N k i	0
yann	j a n	0
yann	j a n @	0.7
yannick	j a n i k	0
yannick	j a n i k @	0.7
yoann	j oU n	0
yoann	j oU n @	0.7
yoga	j o g a	0
yolande	j o l A~ d	0
yolande	j o l A~ d @	0.7
yvan	i v A~	0
yves	i v	0
yvette	i v E t	0
yvette	i v E t @	0.7
yvonne	i v O n	0
yvonne	i v O n @	0.7
z	z E d	0
z	z E d @	0.7
zidane	z i d a n	0
zidane	z i d a n @	0.7
zoo	z o	0
zorro	z o r o	0
zoulou	z u l u	0
zoé	z O e	0
zurich	z y r i S	0
zurich	z y r i S @	0.7
zèbre	z E b r	0
zèbre	z E b r @	0.7
zélie	z e l i	0
zénith	z eI n I T	0
zénith	z eI n I T @	0.7
zéro	z e r o	0
zéro cinq	z e r o s E~ k	0
zéro cinq	z e r o s E~ k @	0.7
zéro deux	z e r o d Y	0
zéro huit	z e r o y i t	0
zéro huit	z e r o y i t @	0.7
zéro neuf	z e r o n W f	0
zéro neuf	z e r o n W f @	0.7
zéro quatre	z e r o k a t r	0
zéro quatre	z e r o k a t r @	0.7
zéro quatre	z e r o k a t	0.7
zéro sept	z e r o s E t	0
zéro sept	z e r o s E t @	0.7
zéro six	z e r o s i s	0
zéro six	z e r o s i z	0.7
zéro trois	z e r o t r w a	0
zéro un	z e r o W~	0
zéro un	z e r o E~	0.7
zéro zéro	z e r o z e r o	0
à	a	0
ça	s a	0
è	E	0
é	e	0
écho	e k o	0
école	e k O l	0
école	e k O l @	0.7
écoutez	e k u t e	0
écrit	e k r i	0
édith	I d I T	0
édith	I d I T @	0.7
édouard	e d w a r	0
éliane	e l j a n	0
éliane	e l j a n @	0.7
élisabeth	I l I s eI b @ T	0
élisabeth	I l I s eI b @ T @	0.7
élise	e l i z	0
élise	e l i z @	0.7
élodie	e l o d i	0
éloi	e l w a	0
éléphant	e l e f A~	0
émile	e m i l	0
émile	e m i l @	0.7
émilie	e m i l i	0
épelle	e p E l	0
épelle	e p E l @	0.7
éric	e r i k	0
était	e t E	0
étienne	e t j E n	0
étienne	e t j E n @	0.7
étoile	e t w a l	0
étoile	e t w a l @	0.7
éva	e v a	0
évelyne	e v l i n	0
évelyne	e v l i n @	0.7
êtes	E t	0
